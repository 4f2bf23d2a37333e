"""People who send a byte at a time, many of them, from one thread; each notes how it was parted with."""

import selectors
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

HEAD = b"GET /jwks HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 100_000
BODY = (
    b"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 60000\r\n\r\n" + b"a" * 60_000
)


@dataclass(eq=False)
class Sender:
    """``at_once`` bytes are sent first, then one by one."""

    sock: socket.socket
    text: bytes
    at: int
    answer: bytes = b""
    ended: float = 0.0


@dataclass
class Slow:
    """Runs inside ``with``; ``open`` tells how many are still there."""

    port: int
    texts: Sequence[tuple[bytes, int]]
    pause: float = 1.0
    context: ssl.SSLContext | None = None
    senders: list[Sender] = field(default_factory=list)

    def __enter__(self) -> "Slow":
        for text, at_once in self.texts:
            sock = socket.create_connection(("127.0.0.1", self.port), timeout=20)
            if self.context is not None:
                sock = self.context.wrap_socket(sock, server_hostname="localhost")
            sock.sendall(text[:at_once])
            sock.setblocking(False)
            self.senders.append(Sender(sock, text, at_once))
        self.began = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        for sender in self.senders:
            sender.sock.close()

    @property
    def open(self) -> int:
        return sum(not sender.ended for sender in self.senders)

    def _send(self) -> None:
        poller, due = selectors.DefaultSelector(), time.monotonic()
        for sender in self.senders:
            poller.register(sender.sock, selectors.EVENT_READ, sender)
        while self.open and not self._stop.is_set():
            for key, _ in poller.select(max(0.0, min(0.2, due - time.monotonic()))):
                self._read(poller, key.data)
            if time.monotonic() >= due:
                due += self.pause
                for sender in self.senders:
                    self._write(poller, sender)
        poller.close()

    def _read(self, poller: selectors.BaseSelector, sender: Sender) -> None:
        try:
            data = sender.sock.recv(65_536)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except OSError:
            data = b""
        sender.answer += data
        if not data:
            self._end(poller, sender)

    def _write(self, poller: selectors.BaseSelector, sender: Sender) -> None:
        if sender.ended:
            return
        try:
            sender.sock.send(sender.text[sender.at : sender.at + 1])
            sender.at += 1
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            return
        except OSError:
            self._end(poller, sender)

    def _end(self, poller: selectors.BaseSelector, sender: Sender) -> None:
        sender.ended = time.monotonic() - self.began
        poller.unregister(sender.sock)


def half_and_half(number: int) -> list[tuple[bytes, int]]:
    """Return so many texts: every second one slow from its first byte, the others from the first of the body."""
    return [(HEAD, 1) if at % 2 else (BODY, BODY.index(b"\r\n\r\n") + 4) for at in range(number)]
