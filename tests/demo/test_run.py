"""The whole city as ``make run`` starts it: up, kept over a restart, ended by a signal; for real, on loopback."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.place import Spot


def free_block() -> int:
    """Return the first of as many free ports as the city needs, below those that outgoing connections use."""
    for first in range(21_000 + os.getpid() % 500 * 20, 32_000, 20):
        probes = [socket.socket() for _ in Spot]
        try:
            for spot, probe in zip(Spot, probes, strict=True):
                probe.bind(("127.0.0.1", first + spot))
            return first
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise RuntimeError("no free ports")


@contextmanager
def city(port: int, data: Path, *more: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run the city; yield its table and ``city.json``; see it end within five seconds of SIGTERM."""
    command = [sys.executable, "-m", "demo", "--port", str(port), "--data", str(data), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        shown = ""
        for line in process.stdout:
            shown += line
            if "FRESH=1" in line:
                break
        else:
            logs = [path.read_text(encoding="utf-8") for path in (data / "demo" / "logs").glob("*.log")]
            pytest.fail("the city did not come up\n" + "\n".join(logs))
        try:
            yield shown, json.loads((data / "demo" / "city.json").read_text(encoding="utf-8"))
        finally:
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            assert time.monotonic() - began < 5
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def token(document: dict[str, Any], client_id: str) -> int:
    client = next(client for client in document["clients"] if client["client_id"] == client_id)
    answer = httpx.post(
        document["issuer"] + "/token",
        data={"grant_type": "client_credentials"},
        auth=(client_id, client["client_secret"]),
        trust_env=False,
    )
    return answer.status_code


def test_the_city_comes_up_keeps_what_was_there_and_can_start_anew(tmp_path):
    port = free_block()
    with city(port, tmp_path) as (shown, first):
        assert first["issuer"] == f"http://localhost:{port}"
        assert first.keys() == {"issuer", "portals", "clients", "people", "outbox"}
        for portal in first["portals"]:
            assert portal.keys() == {"name", "address", "client_id"}
            assert portal["address"] in shown
            assert httpx.get(portal["address"] + "/", trust_env=False).status_code == 200
        for person in first["people"]:
            assert person["level"] == "simplified"
            assert person["login"] in shown and person["password"] in shown
        assert httpx.get(first["outbox"], headers={"Accept": "application/json"}, trust_env=False).json() == []
        check = httpx.post(f"http://localhost:{port + Spot.RECORDS}/check", trust_env=False, timeout=20)
        assert check.status_code == 200 and "77-000415" in check.text
        httpx.post(f"http://localhost:{port + Spot.OUTBOX}/messaging/v1/SendSMS", trust_env=False)
    with city(port, tmp_path) as (_shown, second):
        assert second == first
        assert token(second, "nightly-check") == 200
    with city(port, tmp_path, "--fresh") as (_shown, third):
        assert third["clients"] != first["clients"]
        assert token(third, "nightly-check") == 200


def test_a_taken_port_is_told_and_nothing_starts(tmp_path):
    port = free_block()
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", port))
        somebody.listen()
        command = [sys.executable, "-m", "demo", "--port", str(port), "--data", str(tmp_path)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert f"port {port}" in ended.stderr
    assert "Traceback" not in ended.stderr
