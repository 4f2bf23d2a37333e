"""Outgoing calls to addresses that clients gave: where they may lead, and what they may cost us."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from idp.kernel.http import Forbidden, Guard, Outgoing

LOOPBACK = Guard.of(("127.0.0.0/8", "::1/128"))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_networks_that_are_not_public_are_not_called(address):
    assert not Guard().allows(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_ones_are(address):
    assert Guard().allows(address)


def test_a_setting_opens_the_networks_it_names_and_no_other():
    guard = Guard.of(("10.20.0.0/16",))

    assert guard.allows("10.20.1.1") and guard.allows("::ffff:10.20.1.1")
    assert not guard.allows("10.21.1.1") and not guard.allows("::1")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "https:///path",
        "http://[::1",
        "http://example.org:99999/",
        "http://" + "a" * 64 + ".test/",
        "http://127.1/",
        "http://2130706433/",
        "http://localhost/",
    ],
)
def test_what_is_no_public_http_address_is_refused(url):
    outgoing = Outgoing(Guard(), 1)

    with pytest.raises(OSError):
        outgoing.post_form(url, {"logout_token": "t"})
    outgoing.close()


def test_a_name_with_one_inner_address_is_refused_whole(monkeypatch):
    found = [(2, 1, 6, "", (address, 443)) for address in ("93.184.215.14", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    with pytest.raises(Forbidden):
        Guard().resolve("mixed.test", 443)


def whole(line: socket.socket) -> bytes:
    """Return a request with its body, which may come in a packet of its own."""
    found = line.recv(65_536)
    length = re.search(rb"\r\nContent-Length: (\d+)\r\n", found)
    while length and len(found.partition(b"\r\n\r\n")[2]) < int(length[1]) and (more := line.recv(65_536)):
        found += more
    return found


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[bytes]]]:
    """Take connections on loopback until the end; give each its request's bytes and the answer."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        over = threading.Event()

        def run() -> None:
            while not over.is_set():
                try:
                    line, _ = listening.accept()
                except TimeoutError:
                    continue
                with line:
                    seen.append(whole(line))
                    try:
                        answer(line)
                    except OSError:
                        continue

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield listening.getsockname()[1], seen
        finally:
            over.set()
            thread.join()


@pytest.fixture
def outgoing() -> Iterator[Outgoing]:
    outgoing = Outgoing(LOOPBACK, 0.5)
    yield outgoing
    outgoing.close()


def test_the_address_that_was_judged_is_the_one_that_is_called(outgoing, monkeypatch):
    """A name that points elsewhere when it is asked again changes nothing: it isn't asked again."""
    real, asked = socket.getaddrinfo, []

    def rebinding(host: str, *rest: object, **more: object) -> object:
        asked.append(host)
        return real("127.0.0.1" if asked.count(host) == 1 else "127.0.0.9", *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with server(lambda line: line.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")) as (port, seen):
        assert outgoing.post_form(f"http://portal.test:{port}/bc?a=b", {"logout_token": "a+b"}) == 204

    assert asked.count("portal.test") == 1
    assert seen[0].startswith(b"POST /bc?a=b HTTP/1.1\r\n")
    assert f"Host: portal.test:{port}".encode() in seen[0] and seen[0].endswith(b"logout_token=a%2Bb")


def test_redirects_are_not_followed(outgoing):
    def moved(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")

    with server(moved) as (port, seen):
        assert outgoing.post_form(f"http://127.0.0.1:{port}/", {}) == 307
    assert len(seen) == 1


def test_an_endless_answer_is_cut(outgoing):
    def endless(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.sendall(b"x" * 65_536)

    with server(endless) as (port, _), pytest.raises(OSError, match="too long"):
        outgoing.post_form(f"http://127.0.0.1:{port}/", {})


def test_an_answer_that_drips_is_cut(outgoing):
    def dripping(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.sendall(b"x")
            time.sleep(0.1)

    began = time.monotonic()
    with server(dripping) as (port, _), pytest.raises(OSError):
        outgoing.post_form(f"http://127.0.0.1:{port}/", {})
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("answer", [lambda line: None, lambda line: line.sendall(b"nonsense\r\n\r\n")])
def test_a_dead_line_is_an_os_error(outgoing, answer):
    with server(answer) as (port, _), pytest.raises(OSError):
        outgoing.post_form(f"http://127.0.0.1:{port}/", {})


def test_a_document_must_be_json_and_200(outgoing):
    def plain(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

    with server(plain) as (port, _):
        assert outgoing.get_json(f"http://127.0.0.1:{port}/") == []
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n<"
    with server(lambda line: line.sendall(page)) as (port, _), pytest.raises(OSError, match="not JSON"):
        outgoing.get_json(f"http://127.0.0.1:{port}/")


def reply(status: str, *headers: str, body: bytes = b"") -> Callable[[socket.socket], None]:
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers))
    return lambda line: line.sendall(head.encode() + b"\r\n\r\n" + body)


@pytest.mark.parametrize(
    ("header", "mark", "asked"),
    [
        ('ETag: "a1"', '"a1"', b'If-None-Match: "a1"'),
        ('ETag: W/"a1"', 'W/"a1"', b'If-None-Match: W/"a1"'),
        (
            "Last-Modified: Tue, 24 Nov 2026 12:00:00 GMT",
            "Tue, 24 Nov 2026 12:00:00 GMT",
            b"If-Modified-Since: Tue, 24 Nov 2026 12:00:00 GMT",
        ),
    ],
)
def test_a_document_is_asked_for_again_by_its_mark(outgoing, header, mark, asked):
    with server(reply("200 OK", header, body=b"list")) as (port, seen):
        assert outgoing.get_document(f"http://127.0.0.1:{port}/1.crl", None, 100, 2) == (b"list", mark)
    assert b"If-" not in seen[0] and b"Accept-Encoding: identity" in seen[0]
    with server(reply("304 Not Modified")) as (port, seen):
        assert outgoing.get_document(f"http://127.0.0.1:{port}/1.crl", mark, 100, 2) is None
    assert asked in seen[0]


@pytest.mark.parametrize(
    "answer",
    [
        reply("200 OK", body=b"x" * 101),
        reply("404 Not Found", body=b"page"),
        reply("304 Not Modified"),  # nobody asked whether it had changed
        reply("302 Found", "Location: http://127.0.0.1:1/"),
        reply("200 OK", "Content-Encoding: gzip", body=b"x"),
    ],
)
def test_what_is_not_the_document_is_a_dead_line(outgoing, answer):
    with server(answer) as (port, _), pytest.raises(OSError):
        outgoing.get_document(f"http://127.0.0.1:{port}/", None, 100, 2)


def test_documents_are_not_fetched_from_inner_networks():
    outgoing = Outgoing(Guard(), 1)
    with server(reply("200 OK", body=b"x")) as (port, seen), pytest.raises(Forbidden):
        outgoing.get_document(f"http://127.0.0.1:{port}/", None, 100, 2)
    outgoing.close()
    assert not seen


def test_a_mark_that_is_too_long_is_not_kept(outgoing):
    with server(reply("200 OK", f'ETag: "{"a" * 400}"', body=b"x")) as (port, _):
        assert outgoing.get_document(f"http://127.0.0.1:{port}/", None, 100, 2) == (b"x", None)
