"""A connection of a worker, and how much of its next request has come: first the head, then the body."""

import re
import socket
from enum import Enum, auto
from typing import Any

from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader

#: A head ends with an empty line; one that ends in bare line feeds the parser refuses, and needn't be waited for.
_END = re.compile(rb"\n\r?\n")


class Phase(Enum):
    """What is waited for; in the order in which connections make room for new ones."""

    CLOSE = auto()
    IDLE = auto()
    HEAD = auto()
    BODY = auto()


class Came(Unreader):  # type: ignore[misc]
    """What has come and wasn't used yet. The parser reads from here and finds an end, where a socket would make it
    wait: that is why no thread can ever be held up by somebody who sends slowly."""

    def chunk(self, size_hint: int | None = None) -> bytes:
        return b""

    def add(self, data: bytes) -> None:
        self.buf.seek(0, 2)
        self.buf.write(data)

    def __len__(self) -> int:
        return int(self.buf.seek(0, 2))

    def __bytes__(self) -> bytes:
        return bytes(self.buf.getvalue())


class Connection:
    """``request`` is the head of the next request once it is whole, as gunicorn's own parser has read it."""

    __slots__ = ("came", "chunk_at", "client", "phase", "queued", "request", "seen", "server", "sock", "until")

    def __init__(self, sock: socket.socket, client: Any, server: Any) -> None:
        self.sock = sock
        self.client = client
        self.server = server
        self.phase = Phase.HEAD
        self.until = 0.0
        self.came = Came()
        self.request: Any = None
        self.seen = 0
        self.chunk_at = 0
        #: Whether its request counts among those that wait for a thread or have one.
        self.queued = False

    def head_is_whole(self) -> bool:
        """Tell whether the head has come; what was looked through isn't looked through again."""
        start = max(0, self.seen - 3)
        self.came.buf.seek(start)
        found = _END.search(self.came.buf.read())
        self.seen = len(self.came)
        return found is not None

    def read_head(self, cfg: Any) -> Request:
        """Parse the head, which is whole; raise as the parser does. What came behind it stays in ``came``."""
        self.request = Request(cfg, self.came, self.client)
        self.chunk_at = 0
        return self.request

    def body_is_whole(self, most: int) -> bool:
        """Tell whether nothing more has to come: the body is here, or so much is here or announced that it will be
        refused anyway."""
        assert self.request is not None
        reader = self.request.body.reader
        if isinstance(reader, LengthReader):
            return bool(len(self.came) >= reader.length or reader.length > most)
        if isinstance(reader, ChunkedReader):
            return len(self.came) > most * 2 + 4096 or self._last_chunk_is_here()
        return True

    def body_is_cut(self) -> bool:
        """Tell whether a body was handed on that hasn't come whole: the connection can't be used again then."""
        assert self.request is not None
        reader = self.request.body.reader
        if isinstance(reader, LengthReader):
            return len(self.came) < int(reader.length)
        return isinstance(reader, ChunkedReader) and not self._last_chunk_is_here()

    def _last_chunk_is_here(self) -> bool:
        """Follow the chunks from size to size, from where the last look ended (RFC 9112, section 7.1). What isn't
        written as it should be counts as whole: the parser will say so."""
        data = bytes(self.came)
        while (end := data.find(b"\r\n", self.chunk_at)) >= 0:
            try:
                size = int(data[self.chunk_at : end].partition(b";")[0], 16)
            except ValueError:
                return True
            if size <= 0:
                return data.find(b"\r\n\r\n", end) >= 0
            following = end + 2 + size + 2
            if following > len(data):
                return False
            self.chunk_at = following
        return False

    def next_request(self) -> None:
        """Forget the request that was answered; what has come already of the next one stays."""
        self.request = None
        self.seen = 0
