"""The whole city as ``make run`` starts it: up, kept over a restart, ended by a signal; for real, on loopback."""

import socket
import subprocess
import sys
from typing import Any

import httpx

from demo.place import Spot
from tests.demo_city import free_block, running_city


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
    with running_city(port, tmp_path, within=5) as (shown, first):
        assert first["issuer"] == f"http://localhost:{port}"
        assert first.keys() == {"issuer", "portals", "clients", "people", "outbox", "fund"}
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
    with running_city(port, tmp_path, within=5) as (_shown, second):
        assert second == first
        assert token(second, "nightly-check") == 200
    with running_city(port, tmp_path, "--fresh", within=5) as (_shown, third):
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
