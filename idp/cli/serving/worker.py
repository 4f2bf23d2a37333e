"""gunicorn's worker of threads, but no thread is ever given a request that hasn't come whole.

gunicorn's own lends a thread to every connection that has sent a byte, and the thread waits for the rest: a few people
who send slowly, or one who wants to, and nobody is answered. Here the loop that accepts connections also collects what
they send, within limits of time and size, and gives the threads whole requests only. Answers are small enough for the
kernel to hold them, so who reads slowly holds nobody up either. Pinned to gunicorn's major version in ``setup.cfg``.
"""

import errno
import logging
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, NoMoreData, UnsupportedTransferCoding
from gunicorn.workers.gthread import ThreadWorker

from idp.cli.serving.connection import Connection, Phase
from idp.cli.serving.lanes import Lanes
from idp.cli.serving.waiting import Waiting
from idp.kernel.logs import begin_request, end_request, request_id
from idp.kernel.metrics import request_answered

logger = logging.getLogger(__name__)
_PIECE = 65_536
#: Of a head with a request line and fields of their greatest length.
_HEAD_BYTES = 32_768
#: The kernel holds an answer up to this size for somebody who reads slowly; ours are smaller.
_ANSWER_BYTES = 262_144
_SEND_SECONDS = 10.0
#: After an answer that closes: for so long, and so much, what still comes is thrown away, lest the answer be lost.
_CLOSE_SECONDS, _CLOSE_BYTES = 2.0, 16 * 1024 * 1024
_STOP_SECONDS = 2.0
_PHRASES = {
    400: "Bad Request",
    408: "Request Timeout",
    414: "URI Too Long",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}
_LATE = {Phase.HEAD: 408, Phase.BODY: 408}


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Everything here but ``handle`` runs in the loop's thread."""

    #: Set from our settings, by ``gunicorn_values``.
    head_seconds, body_seconds, body_bytes = 5.0, 10.0, 65_536

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        if cfg.is_ssl:
            raise RuntimeError("TLS is the proxy's part: this worker speaks plain HTTP")

    def init_process(self) -> None:
        self.waiting = Waiting(
            {
                Phase.IDLE: float(self.cfg.keepalive),
                Phase.HEAD: self.head_seconds,
                Phase.BODY: self.body_seconds,
                Phase.CLOSE: _CLOSE_SECONDS,
            }
        )
        self.lanes = Lanes()
        self.under_way = 0
        # The other half is for those who still send, and for new ones.
        self.most_under_way = max(self.cfg.threads, self.worker_connections // 2)
        super().init_process()

    # --- from the socket to a whole request

    def accept(self, listener: socket.socket) -> None:
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ANSWER_BYTES)
        connection = Connection(sock, client, listener.getsockname())
        self._await(connection, Phase.HEAD)

    def _make_room(self) -> None:
        least = self.waiting.least()
        if least is not None:
            self._leave(least)

    def _await(self, connection: Connection, phase: Phase) -> None:
        self.waiting.add(connection, phase)
        self.poller.register(connection.sock, selectors.EVENT_READ, partial(self._readable, connection))

    def _stop_awaiting(self, connection: Connection) -> None:
        self.waiting.remove(connection)
        with suppress(KeyError, ValueError):  # it isn't, where a failure came between
            self.poller.unregister(connection.sock)

    def _readable(self, connection: Connection, _sock: socket.socket) -> None:
        self._guarded(self._take_in, connection)

    def _guarded(self, act: Callable[[Connection], None], connection: Connection) -> None:
        """Whatever happens to one connection that is awaited, the loop goes on."""
        try:
            act(connection)
        except Exception:
            logger.exception("a connection failed")
            self._leave(connection)

    def _take_in(self, connection: Connection) -> None:
        try:
            data = connection.sock.recv(_PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._leave(connection)
        elif connection.phase is Phase.CLOSE:
            connection.seen += len(data)
            if connection.seen > _CLOSE_BYTES:
                self._leave(connection)
        else:
            connection.came.add(data)
            self._advance(connection)

    def _advance(self, connection: Connection) -> None:
        """Bring a connection that is awaited as far as what came allows."""
        if connection.phase is Phase.IDLE:
            self._begin(connection, Phase.HEAD)
        request = connection.request
        if request is None:
            if not connection.head_is_whole():
                if len(connection.came) > _HEAD_BYTES:
                    self._refuse(connection, 431)
                return
            try:
                request = connection.read_head(self.cfg)
            except Exception as error:
                # The parser's message quotes the request, which may hold anybody's name: its kind is enough.
                self._refuse(connection, _status(error), type(error).__name__)
                return
            self._begin(connection, Phase.BODY)
            if request._expected_100_continue:
                request._expected_100_continue = False
                if not connection.body_is_whole(self.body_bytes):
                    connection.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if connection.body_is_whole(self.body_bytes):
            if connection.body_is_cut():
                request.force_close()
            self._stop_awaiting(connection)
            self.enqueue_req(connection)

    def enqueue_req(self, conn: Connection) -> None:
        """Hand a whole request to a thread; where too many wait for one already, say so at once."""
        lane = self.lanes.of(conn.request.path)
        conn.queued = lane is None
        if conn.queued and self.under_way >= self.most_under_way:
            self._refuse(conn, 503, "too many wait")
            return
        self.under_way += conn.queued
        answering = (lane or self.tpool).submit(self.handle, conn)
        answering.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def _begin(self, connection: Connection, phase: Phase) -> None:
        self.waiting.remove(connection)
        self.waiting.add(connection, phase)

    # --- a thread's part

    def handle(self, conn: Connection) -> bool:
        """Answer one whole request; return whether the connection may bring another."""
        request = conn.request
        try:
            conn.sock.settimeout(_SEND_SECONDS)
            if not self.handle_request(request, conn):
                return False
            # What the application left of the body must not be taken for the next request.
            while request.body.read(_PIECE):
                pass
            return not request.body.failed
        except (OSError, StopIteration, NoMoreData) as error:
            self.log.debug("a connection ended early: %s", type(error).__name__)
        except Exception:
            logger.exception("a request failed beyond the application")
            self._answer(conn, 500)
        return False

    # --- after the answer

    def finish_request(self, conn: Connection, fs: Any) -> None:
        self.under_way -= conn.queued
        try:
            goes_on = not fs.cancelled() and fs.result()
            conn.sock.setblocking(False)
        except Exception:
            goes_on = False
        if not goes_on:
            self._close(conn)
            return
        conn.next_request()
        self._await(conn, Phase.IDLE)
        if len(conn.came):
            self._guarded(self._advance, conn)

    def _refuse(self, connection: Connection, status: int, why: str = "") -> None:
        """Answer what can't be handed to the application; count it and tell of it as of every request."""
        self._stop_awaiting(connection)
        begin_request()
        self._answer(connection, status)
        request_answered("unread", "other", str(status), 0.0)
        logger.info("unread %d %s", status, why or connection.phase.name.lower())
        end_request()
        self._close(connection)

    def _answer(self, connection: Connection, status: int) -> None:
        case = request_id()
        line = f"{status} {_PHRASES[status]}"
        text = f"{line}\n{case}\n"
        head = f"HTTP/1.1 {line}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n"
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            head += "Retry-After: 5\r\n"
        try:
            connection.sock.send(f"{head}X-Request-Id: {case}\r\n\r\n{text}".encode("ascii"))
        except OSError:
            return

    def _close(self, connection: Connection) -> None:
        """Say that nothing more comes, and let what the other side still sends run into the sand for a moment."""
        try:
            connection.sock.setblocking(False)
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._gone(connection)
            return
        connection.seen = 0
        self._await(connection, Phase.CLOSE)

    def _leave(self, connection: Connection) -> None:
        """Close at once a connection that is awaited."""
        self._stop_awaiting(connection)
        self._gone(connection)

    def _gone(self, connection: Connection) -> None:
        self.nr_conns -= 1
        connection.sock.close()

    # --- what gunicorn's loop calls

    def murder_keepalived(self, force: bool = False) -> None:
        """Part with everybody whose time is over."""
        for connection in self.waiting.overdue():
            status = _LATE.get(connection.phase)
            if status is not None and (len(connection.came) or connection.request is not None):
                self._refuse(connection, status)
            else:
                self._leave(connection)

    def murder_pending(self) -> None:
        """There are none: who hasn't sent anything yet waits like everybody."""

    def _cap_keepalive(self, deadline: float) -> None:
        self.waiting.shorten(min(_STOP_SECONDS, max(0.0, deadline - time.monotonic())))

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wake up when the next one's time is over."""
        until = self.waiting.next_end()
        super().wait_for_and_dispatch_events(timeout if until is None else min(timeout, until))


def _status(error: Exception) -> int:
    if isinstance(error, LimitRequestLine):
        return 414
    if isinstance(error, LimitRequestHeaders):
        return 431
    return 501 if isinstance(error, UnsupportedTransferCoding) else 400


def worker_for(head_seconds: float, body_seconds: float, body_bytes: int) -> type[PatientWorker]:
    """Return the worker with our limits: gunicorn makes workers itself and has no settings of this kind."""
    limits = {"head_seconds": head_seconds, "body_seconds": body_seconds, "body_bytes": body_bytes}
    return type("PatientWorker", (PatientWorker,), limits)
