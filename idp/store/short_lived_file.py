"""Short-lived state in a SQLite file of its own: nothing else to install, shared by all workers of one machine.

One connection a thread, opened after the fork. WAL with ``synchronous=NORMAL`` survives a killed process; a power cut
may undo the last moments, so codes are deleted when the provider starts.
"""

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from idp.kernel import tracing
from idp.kernel.clock import epoch
from idp.kernel.refusal import Unavailable
from idp.store.short_lived import Taken

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    key BLOB PRIMARY KEY, kind TEXT NOT NULL, value BLOB NOT NULL, used INTEGER NOT NULL, expires REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_by_expiry ON entries (expires);
"""
_PUT = """
INSERT INTO entries (key, kind, value, used, expires) VALUES (?, ?, ?, 0, ?)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, used = 0, expires = excluded.expires WHERE entries.expires <= ?
RETURNING 1
"""
_REPLACE = "INSERT OR REPLACE INTO entries (key, kind, value, used, expires) VALUES (?, ?, ?, 0, ?)"
_GET = "SELECT value FROM entries WHERE key = ? AND expires > ?"
_TAKE = "UPDATE entries SET used = used + 1 WHERE key = ? AND expires > ? RETURNING value, used"
_COUNT = """
INSERT INTO entries (key, kind, value, used, expires) VALUES (?, ?, x'', 1, ?)
ON CONFLICT (key) DO UPDATE SET used = iif(entries.expires <= ?, 1, entries.used + 1),
    expires = iif(entries.expires <= ?, excluded.expires, entries.expires)
RETURNING used
"""
_PEEK = "SELECT used FROM entries WHERE key = ? AND expires > ?"
_DROP = "DELETE FROM entries WHERE key = ?"
_OPENINGS = 100
_SWEEP = "DELETE FROM entries WHERE key IN (SELECT key FROM entries WHERE expires <= ? LIMIT 500)"


class ShortLivedFile:
    """``now`` returns seconds since the epoch and is an argument for the tests' sake."""

    may_forget_uses = False

    def __init__(self, path: Path, now: Callable[[], float] = epoch) -> None:
        self._path = path
        self._now = now
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def forget(self, kind: str) -> None:
        """Delete every entry of a kind; done for codes at start, before the workers."""
        self._run("DELETE FROM entries WHERE kind = ?", (kind,))

    def put(self, kind: str, key: str, value: Any, seconds: float) -> bool:
        now = self._now()
        return bool(self._run(_PUT, (_key(kind, key), kind, orjson.dumps(value), now + seconds, now)))

    def replace(self, kind: str, key: str, value: Any, seconds: float) -> None:
        self._run(_REPLACE, (_key(kind, key), kind, orjson.dumps(value), self._now() + seconds))

    def get(self, kind: str, key: str) -> Any | None:
        rows = self._run(_GET, (_key(kind, key), self._now()))
        return orjson.loads(rows[0][0]) if rows else None

    def take(self, kind: str, key: str) -> Taken | None:
        rows = self._run(_TAKE, (_key(kind, key), self._now()))
        return Taken(orjson.loads(rows[0][0]), rows[0][1]) if rows else None

    def drop(self, kind: str, key: str) -> None:
        self._run(_DROP, (_key(kind, key),))

    def count(self, kind: str, key: str, seconds: float) -> int:
        now = self._now()
        return int(self._run(_COUNT, (_key(kind, key), kind, now + seconds, now, now))[0][0])

    def peek(self, kind: str, key: str) -> int:
        rows = self._run(_PEEK, (_key(kind, key), self._now()))
        return int(rows[0][0]) if rows else 0

    def sweep(self) -> int:
        removed = 0
        while True:
            before = self._connection().total_changes
            self._run(_SWEEP, (self._now(),))
            gone = self._connection().total_changes - before
            removed += gone
            if gone < 500:
                # Until it is written back, the write-ahead log still holds what was deleted.
                self._run("PRAGMA wal_checkpoint(TRUNCATE)", ())
                return removed

    def close(self) -> None:
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
            self._local = threading.local()

    def _run(self, statement: str, values: tuple[Any, ...]) -> list[Any]:
        # An unfinished statement keeps the write lock: always fetch everything.
        try:
            with tracing.statement("sqlite", statement):
                return self._connection().execute(statement, values).fetchall()
        except sqlite3.OperationalError as error:
            raise Unavailable(f"the short-lived file: {error}") from error

    def _connection(self) -> sqlite3.Connection:
        found: tuple[int, sqlite3.Connection] | None = getattr(self._local, "opened", None)
        if found is not None and found[0] == os.getpid():
            return found[1]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
        _prepare(connection)
        with self._lock:
            self._open.append(connection)
        self._local.opened = (os.getpid(), connection)
        return connection


def _prepare(connection: sqlite3.Connection) -> None:
    """Set the file up. The busy time-out doesn't hold for the change to WAL: of several who open a new file at once,
    all but one are told that it is locked, and find it changed the next time."""
    for left in range(_OPENINGS, -1, -1):
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            connection.execute("PRAGMA synchronous=NORMAL").fetchall()
            connection.execute("PRAGMA secure_delete=ON").fetchall()
            connection.executescript(_SCHEMA)
            return
        except sqlite3.OperationalError:
            if not left:
                raise
            time.sleep(0.02)


def _key(kind: str, key: str) -> bytes:
    return hashlib.sha256(f"{kind}\0{key}".encode()).digest()
