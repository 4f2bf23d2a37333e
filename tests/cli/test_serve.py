"""``idp serve`` as its operator sees it: what it refuses, what it logs, the jobs beside it, how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from idp.store.one_host import held
from tests.provider import serving
from tests.servers import free_port, wait_for


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    given = {
        "SERVER__ISSUER": f"http://127.0.0.1:{port}",
        "SERVER__LISTEN": f"127.0.0.1:{port}",
        "DATABASE__URL": f"sqlite:///{folder}/idp.db",
        "SHORT_LIVED__URL": f"file:{folder}/state.db",
        "KEYS__FOLDER": str(folder / "keys"),
        **more,
    }
    return {**os.environ, **{f"IDP__{name}": value for name, value in given.items()}}


def until(true, seconds=30):
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def children(pid: int) -> dict[int, str]:
    """Return the processes that a process started, with their command lines."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        try:
            found[int(child)] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


def test_it_tells_everything_that_it_refuses_and_how_to_mend_it(tmp_path):
    said = environment(tmp_path, 1, SERVER__ISSUER="https://id.city.example", SMS__API_KEY="from the gateway's cabinet")
    told = subprocess.run([sys.executable, "-m", "idp.cli", "serve"], env=said, capture_output=True, text=True)

    assert told.returncode == 1
    assert "server.issuer: “https://id.city.example” is what the example says" in told.stderr
    assert "sms.api_key: " in told.stderr


def test_it_refuses_a_store_that_another_machine_serves_from(tmp_path):
    with held(tmp_path / "state.db", "another machine"):
        command = [sys.executable, "-m", "idp.cli", "serve"]
        told = subprocess.run(command, env=environment(tmp_path, 1), capture_output=True, text=True)

    assert told.returncode == 1
    assert "another machine serves from this store" in told.stderr


@pytest.mark.parametrize(
    "command",
    [["-m", "idp.cli", "serve", "--no-jobs"], ["-m", "gunicorn", "-c", "config/gunicorn.py"]],
    ids=["idp serve", "gunicorn by itself"],
)
def test_it_serves_and_ends_when_told_to(tmp_path, command):
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *command], env=environment(tmp_path, port), stdout=log, stderr=log)
    try:
        wait_for(port)
        found = httpx.get(f"http://127.0.0.1:{port}/.well-known/openid-configuration", trust_env=False, timeout=30)
        assert found.json()["issuer"] == f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
    assert process.wait(30) == 0, (tmp_path / "log").read_text()


def test_jobs_that_die_are_started_again_and_end_with_the_server(tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "idp.cli", "serve"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment(tmp_path, port), stdout=log, stderr=log)
    try:
        wait_for(port)

        def jobs() -> list[int]:
            return [pid for pid, line in children(process.pid).items() if "idp.cli jobs" in line]

        first = until(jobs)[0]
        os.kill(first, signal.SIGKILL)
        second = until(lambda: [pid for pid in jobs() if pid != first])[0]
    finally:
        process.terminate()
    assert process.wait(30) == 0
    until(lambda: not Path(f"/proc/{second}").exists())


def test_every_line_is_json_gunicorns_too(tmp_path):
    with serving(tmp_path) as provider:
        httpx.get(f"{provider.address}/jwks", trust_env=False, timeout=30)
        os.kill(provider.workers()[0], signal.SIGKILL)
        lines = until(lambda: [text for text in (tmp_path / "log").read_text().splitlines() if "SIGKILL" in text])
        until(lambda: len(provider.workers()) == 2)

    assert json.loads(lines[0])["logger"] == "gunicorn.error"
    greeting, *rest = (tmp_path / "log").read_text().splitlines()
    assert greeting.startswith("idp: ") or json.loads(greeting)
    assert all(json.loads(line)["at"] for line in rest if not line.startswith("idp: "))
