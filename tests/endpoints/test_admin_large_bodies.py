"""A body of 10 MB to the administrators' API is refused unread: the server spends next to nothing on it."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.endpoints.administrator import CLIENTS
from tests.provider import Provider, serving

SIZE = 10_000_000
#: What one request may cost the server, of both its workers and of their parent.
SECONDS = 0.05


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A provider whose workers have started: their imports are no part of what a request costs."""
    with serving(tmp_path_factory.mktemp("large")) as provider:
        port = httpx.URL(provider.address).port or 0
        httpx.get(f"{provider.address}/jwks", trust_env=False, timeout=30)
        before, now = -1.0, spent(port)
        while now > before:
            time.sleep(0.5)
            before, now = now, spent(port)
        yield provider


def spent(port: int) -> float:
    """Return the CPU seconds of every process that listens on the port."""
    inodes = {
        line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines() if f":{port:04X} " in line[:22]
    }
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            opened = {os.readlink(link) for link in (process / "fd").iterdir()}
            if not opened.isdisjoint(f"socket:[{inode}]" for inode in inodes):
                times = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += int(times[11]) + int(times[12])
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def send(provider: Provider, head: str, body: bytes) -> bytes:
    """Send a body until the server has had enough; return what it answers."""
    address = httpx.URL(provider.address)
    with socket.create_connection((address.host, address.port or 0), timeout=20) as line:
        line.sendall(f"POST {CLIENTS} HTTP/1.1\r\nHost: {address.host}\r\n{head}\r\n".encode())
        try:
            for at in range(0, len(body), 65_536):
                line.sendall(body[at : at + 65_536])
        except OSError:
            pass
        answer = b""
        try:
            while part := line.recv(65_536):
                answer += part
        except OSError:
            pass
    return answer


ONE_FIELD = b'{"client_name": "' + b"x" * (SIZE - 19) + b'"}'
MANY_FIELDS = b"{" + b",".join(b'"a%d":1' % number for number in range(900_000)) + b"}"


@pytest.mark.parametrize("body", [ONE_FIELD, MANY_FIELDS], ids=["one field", "many fields"])
@pytest.mark.parametrize("token", ["", "real"], ids=["without a token", "with a token"])
def test_ten_megabytes_are_refused_unread(provider, body, token):
    port = httpx.URL(provider.address).port
    given = provider.flows.administration.add_token("Test", None).secret if token else "x"
    sent = {"Authorization": f"Bearer {given}", "Content-Type": "application/json", "Content-Length": len(body)}
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items()) + "Connection: close\r\n"
    rounds = 5
    before = spent(port)
    answers = [send(provider, head, body) for _ in range(rounds)]
    after = spent(port)

    assert before > 0, "no process was measured"
    assert all(not answer or answer.startswith(b"HTTP/1.1 413") for answer in answers)
    assert any(b"api.too_large" in answer for answer in answers), answers
    assert (after - before) / rounds <= SECONDS
    assert httpx.get(f"{provider.address}/jwks", trust_env=False).status_code == 200
