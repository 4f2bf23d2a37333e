"""``idp serve --server granian``: the same callable on the other server, with all that belongs to serving."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.test_serve import children, environment, until
from tests.provider import Provider, serving
from tests.servers import free_port, wait_for
from tests.wire.slow import HEAD, Slow


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with serving(tmp_path_factory.mktemp("granian"), "", "--server", "granian", SERVER__HEAD_SECONDS="2") as running:
        running.city.client("parking", grant_types=["client_credentials"], redirect_uris=[], scope="")
        yield running


def get(provider: Provider, path: str) -> httpx.Response:
    return httpx.get(f"{provider.address}{path}", trust_env=False, timeout=30)


def workers(pid: int) -> list[int]:
    return [child for child, line in children(pid).items() if "idp.cli jobs" not in line]


def test_machines_and_people_are_answered(provider):
    assert get(provider, "/.well-known/openid-configuration").json()["issuer"] == provider.issuer
    page = get(provider, "/sign-in")
    assert page.headers["x-request-id"] and "content-security-policy" in page.headers

    asked = {"Authorization": provider.city.basic("parking")}
    answer = httpx.post(
        f"{provider.address}/token",
        data={"grant_type": "client_credentials"},
        headers=asked,
        trust_env=False,
        timeout=30,
    )
    assert answer.status_code == 200, answer.text


def test_numbers_are_of_all_workers(provider):
    before = counted(provider)
    for _ in range(40):
        get(provider, "/jwks")

    assert counted(provider) >= before + 40


def counted(provider: Provider) -> float:
    text = get(provider, "/metrics").text
    rows = [line for line in text.splitlines() if line.startswith("idp_requests_total") and 'route="/jwks"' in line]
    return sum(float(row.split()[-1]) for row in rows)


def test_who_sends_a_head_slowly_is_let_go_and_nobody_waits(provider):
    port = httpx.URL(provider.address).port or 0
    with Slow(port, [(HEAD, 1)] * 50, 0.5) as slow:
        while slow.open and time.monotonic() < slow.began + 30:
            assert get(provider, "/jwks").status_code == 200
            time.sleep(0.05)

        assert slow.open == 0


def test_a_killed_worker_is_replaced_and_every_line_is_json(provider):
    first = workers(provider.process.pid)
    os.kill(first[0], signal.SIGKILL)
    until(lambda: len([pid for pid in workers(provider.process.pid) if pid != first[0]]) == 2)

    assert get(provider, "/jwks").status_code == 200
    lines = (Path(provider.flows.settings.keys.folder).parent / "log").read_text().splitlines()
    assert any(json.loads(line)["logger"] == "_granian" for line in lines if not line.startswith("idp: "))


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_it(tmp_path, sign):
    port = free_port()
    command = [sys.executable, "-m", "idp.cli", "serve", "--server", "granian"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment(tmp_path, port), stdout=log, stderr=log)
    try:
        wait_for(port)
        httpx.get(f"http://127.0.0.1:{port}/jwks", trust_env=False, timeout=30)
        below = until(lambda: found if len(found := children(process.pid)) >= 3 else None)
        assert sum("idp.cli jobs" in line for line in below.values()) == 1
    finally:
        process.send_signal(sign)
    assert process.wait(30) == (0 if sign is signal.SIGTERM else -sign)
    until(lambda: not [pid for pid in below if Path(f"/proc/{pid}/cmdline").exists() and running(pid)])


def running(pid: int) -> bool:
    """Tell whether it still runs: who died without a parent to see it stays listed for a moment."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
