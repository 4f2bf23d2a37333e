"""Nobody who sends or reads slowly keeps others waiting: no thread is ever given half a request."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.provider import Provider, serving
from tests.wire.slow import BODY, HEAD, Slow, half_and_half

MANY = 200
#: Ten times what is promised, for a machine under load; a thread that waits for somebody slow takes much longer.
SOON = 1.0


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """One worker with two threads: three slow connections would be enough to hold it up."""
    limits = {"HEAD_SECONDS": "3", "BODY_SECONDS": "4", "CONNECTIONS": "300", "WORKERS": "1", "THREADS": "2"}
    with serving(
        tmp_path_factory.mktemp("slow"), **{f"SERVER__{name}": value for name, value in limits.items()}
    ) as running:
        httpx.get(f"{running.address}/jwks", trust_env=False, timeout=30)
        yield running


def port_of(provider: Provider) -> int:
    return httpx.URL(provider.address).port or 0


def answers_while(provider: Provider, going_on: Callable[[], bool]) -> list[float]:
    """Ask on new connections and on a kept one while something goes on; return how long each answer took."""
    spent = []
    with httpx.Client(base_url=provider.address, trust_env=False, timeout=30) as kept:
        while going_on():
            for ask in (kept.get, lambda path: httpx.get(f"{provider.address}{path}", trust_env=False, timeout=30)):
                began = time.monotonic()
                assert ask("/jwks").status_code == 200
                spent.append(time.monotonic() - began)
            time.sleep(0.02)
    return spent


def test_many_who_send_slowly_are_let_go_and_nobody_waits_for_them(provider):
    with Slow(port_of(provider), half_and_half(MANY), pause=0.5) as slow:
        spent = answers_while(provider, lambda: slow.open > 0 and time.monotonic() < slow.began + 60)

        assert slow.open == 0
    assert len(spent) >= 20 and max(spent) < SOON
    assert {sender.answer[:12] for sender in slow.senders} == {b"HTTP/1.1 408"}
    assert all(b"X-Request-Id" in sender.answer for sender in slow.senders)
    # The head's time counts from the connection, the body's from the end of the head.
    assert all(sender.ended >= (3 if sender.text is HEAD else 4) - 0.1 for sender in slow.senders)


def test_more_than_may_come_make_room_for_others(provider):
    with Slow(port_of(provider), half_and_half(400), pause=0.5) as slow:
        spent = answers_while(provider, lambda: time.monotonic() < slow.began + 1)

        assert 0 < slow.open < 300
    assert max(spent) < SOON


def test_who_reads_slowly_keeps_nobody_waiting(provider):
    asked = b"GET /static/components.css HTTP/1.1\r\nHost: localhost\r\n\r\n"
    lines = []
    try:
        for _ in range(20):
            line = socket.socket()
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect(("127.0.0.1", port_of(provider)))
            line.sendall(asked)
            lines.append(line)
        stop = time.monotonic() + 1
        spent = answers_while(provider, lambda: time.monotonic() < stop)
    finally:
        for line in lines:
            line.close()

    assert max(spent) < SOON


# --- what comes in pieces is put together, and only once


def talk(provider: Provider, *pieces: bytes) -> bytes:
    """Send piece by piece; return all that is answered until the other side closes."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port_of(provider)), timeout=20) as line:
        for piece in pieces:
            line.sendall(piece)
            time.sleep(0.02)
        while part := line.recv(65_536):
            answer += part
    return answer


HOST = b"Host: localhost\r\n"
FORM = HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"
LAST = b"GET /jwks HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("pieces", "statuses"),
    [
        ([LAST[:5], LAST[5:30], LAST[30:-1], LAST[-1:]], [200]),
        ([b"GET /jwks HTTP/1.1\r\n" + HOST + b"\r\n" + LAST], [200, 200]),
        ([b"POST /token HTTP/1.1\r\n" + FORM + b"Content-Length: 4\r\n\r\na=", b"bc" + LAST[:9], LAST[9:]], [401, 200]),
        (
            [
                b"POST /token HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r",
                b"\na=b\r\n1",
                b"\r\nc\r\n0\r\n",
                b"\r\n" + LAST,
            ],
            [401, 200],
        ),
        (
            [b"POST /token HTTP/1.1\r\n" + FORM + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", b"a=b" + LAST],
            [100, 401, 200],
        ),
        # A body that nobody reads is passed over, whatever it looks like.
        ([b"GET /jwks HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(LAST) + LAST + LAST], [200, 200]),
    ],
    ids=["pieces", "two at once", "body in pieces", "chunks in pieces", "expect", "unread body"],
)
def test_whatever_comes_in_pieces_is_answered_whole(provider, pieces, statuses):
    answer = talk(provider, *pieces)

    assert [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] == statuses


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([b"GET / HTTP/1.1\n\n"], 400),
        ([b"GET /%s HTTP/1.1\r\n\xff: x\r\n\r\n"], 400),
        ([b"POST /token HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"], 400),
        ([b"POST /token HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + LAST], 400),
        ([b"POST /token HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, deflate\r\n\r\n"], 400),
        ([b"POST /token HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: br\r\n\r\n"], 501),
        ([b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n"], 414),
        ([b"GET / HTTP/1.1\r\n" + b"".join(b"A%d: %s\r\n" % (at, b"x" * 1000) for at in range(40))], 431),
        # What follows a body that was refused unread belongs to the body: it is no request.
        ([b"POST /token HTTP/1.1\r\n" + FORM + b"Content-Length: 10000000\r\n\r\n" + LAST * 3], 413),
    ],
)
def test_what_cannot_be_read_is_refused_once_and_its_connection_ends(provider, pieces, status):
    answer = talk(provider, *pieces)

    assert answer.startswith(b"HTTP/1.1 %d " % status) and answer.count(b"HTTP/1.1 ") == 1
    assert b"X-Request-Id: " in answer


def test_the_line_about_an_unread_request_holds_its_id_and_nothing_of_it(provider):
    answer = talk(provider, b"GET /authorize?login_hint=anna@example.ru bad HTTP/1.1\r\n\r\n")
    case = answer.partition(b"X-Request-Id: ")[2][:7].decode()

    log = (Path(provider.flows.settings.keys.folder).parent / "log").read_text()
    assert [line for line in log.splitlines() if case in line and "unread 400" in line]
    assert "anna" not in log


def test_a_body_that_never_ends_is_let_go_after_its_time(provider):
    began = time.monotonic()
    answer = talk(provider, BODY[:200])

    assert answer.startswith(b"HTTP/1.1 408") and time.monotonic() - began >= 3.9
