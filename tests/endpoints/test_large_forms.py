"""A form of 10 MB, of one field or of two million, is refused by both doors for next to no CPU, however framed."""

import socket
from contextlib import suppress

import httpx
import pytest

from tests.endpoints.test_admin_large_bodies import SECONDS, provider, spent

__all__ = ["provider"]
FORMS = {"one field": b"a=" + b"x" * 9_999_998, "two million fields": b"a=1&b" * 2_000_000}
ROUNDS = 4


def framed(body: bytes, chunked: bool) -> tuple[str, bytes]:
    if not chunked:
        return f"Content-Length: {len(body)}", body
    pieces = [body[at : at + 50_000] for at in range(0, len(body), 50_000)]
    chunks = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]
    return "Transfer-Encoding: chunked", b"".join([*chunks, b"0\r\n\r\n"])


def send(address: httpx.URL, path: str, framing: str, body: bytes) -> bytes:
    """Send all of it, or as much as the other side takes; return what it answers."""
    answer = b""
    with socket.create_connection((address.host, address.port or 0), timeout=20) as line:
        head = f"POST {path} HTTP/1.1\r\nHost: {address.host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        with suppress(OSError):
            line.sendall(f"{head}Connection: close\r\n{framing}\r\n\r\n".encode() + body)
        with suppress(OSError):
            while part := line.recv(65_536):
                answer += part
    return answer


@pytest.mark.parametrize("path", ["/token", "/sign-in"])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_ten_megabytes_are_refused_for_next_to_nothing(provider, path, chunked, form):
    address = httpx.URL(provider.address)
    framing, body = framed(form, chunked)
    send(address, path, framing, body)  # the first page compiles its template
    send(address, path, framing, body)
    before = spent(address.port)
    answers = [send(address, path, framing, body) for _ in range(ROUNDS)]
    after = spent(address.port)

    assert before > 0, "no process was measured"
    # A page that is sent chunks sees them end in the middle, where nobody waited for more.
    told = {answer[:12] for answer in answers}
    assert told == {b"HTTP/1.1 413"} or (chunked and told == {b"HTTP/1.1 400"})
    assert (after - before) / ROUNDS <= SECONDS


@pytest.mark.parametrize("path", ["/token", "/sign-in"])
def test_as_many_fields_as_fit_are_refused_too(provider, path):
    address = httpx.URL(provider.address)
    body = b"a&" * 32_000
    send(address, path, f"Content-Length: {len(body)}", body)
    before = spent(address.port)
    answers = [send(address, path, f"Content-Length: {len(body)}", body) for _ in range(ROUNDS)]

    assert {answer[:10] for answer in answers} == {b"HTTP/1.1 4"}
    assert (spent(address.port) - before) / ROUNDS <= SECONDS
