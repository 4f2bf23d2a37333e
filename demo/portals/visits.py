"""A portal's server-side sessions: who is signed in, which sign-ins are under way, which logout tokens were heard."""

import hashlib
import json
import secrets
import sqlite3
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from demo.portals.relying_party import Attempt, SignedIn

_SCHEMA = """
CREATE TABLE IF NOT EXISTS visit (
  secret TEXT PRIMARY KEY, portal TEXT, sub TEXT, sid TEXT, form TEXT, document TEXT, until REAL
);
CREATE INDEX IF NOT EXISTS visit_by_session ON visit (portal, sid);
CREATE INDEX IF NOT EXISTS visit_by_person ON visit (portal, sub);
CREATE TABLE IF NOT EXISTS attempt (portal TEXT, state TEXT, browser TEXT, document TEXT, until REAL,
  PRIMARY KEY (portal, state));
CREATE TABLE IF NOT EXISTS heard (portal TEXT, jti TEXT, until REAL, PRIMARY KEY (portal, jti));
"""
VISIT_SECONDS = 12 * 3600
ATTEMPT_SECONDS = 3600
HEARD_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Visit:
    """``form`` is what every form of this visit carries, so that no other site can send one."""

    secret: str
    form: str
    signed_in: SignedIn


class Visits:
    """One small file for all portals of the city; cookies hold a random secret, the file only its digest."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA journal_mode=WAL").close()
        self._file.executescript(_SCHEMA).close()
        for table in ("visit", "attempt", "heard"):
            self._run(f"DELETE FROM {table} WHERE until < ?", time.time())  # noqa: S608

    def begin(self, portal: str, signed_in: SignedIn) -> Visit:
        visit = Visit(secrets.token_urlsafe(32), secrets.token_urlsafe(16), signed_in)
        claims = signed_in.claims
        values = (claims["sub"], claims.get("sid", ""), visit.form, json.dumps(asdict(signed_in)))
        until = time.time() + VISIT_SECONDS
        self._run("INSERT INTO visit VALUES (?, ?, ?, ?, ?, ?, ?)", _digest(visit.secret), portal, *values, until)
        return visit

    def get(self, portal: str, secret: str) -> Visit | None:
        found = self._run(
            "SELECT form, document FROM visit WHERE secret = ? AND portal = ? AND until > ?",
            _digest(secret),
            portal,
            time.time(),
        )
        return Visit(secret, found[0][0], SignedIn(**json.loads(found[0][1]))) if found else None

    def renew(self, visit: Visit, signed_in: SignedIn) -> None:
        self._run(
            "UPDATE visit SET document = ? WHERE secret = ?", json.dumps(asdict(signed_in)), _digest(visit.secret)
        )

    def end(self, visit: Visit) -> None:
        self._run("DELETE FROM visit WHERE secret = ?", _digest(visit.secret))

    def end_all(self, portal: str, sub: str, sid: str) -> int:
        """End the visits of a provider's session; without one, all of the person's. Return how many ended."""
        if sid:
            return len(self._run("DELETE FROM visit WHERE portal = ? AND sid = ? RETURNING 1", portal, sid))
        return len(self._run("DELETE FROM visit WHERE portal = ? AND sub = ? RETURNING 1", portal, sub))

    def remember(self, portal: str, browser: str, attempt: Attempt) -> None:
        self._run(
            "INSERT INTO attempt VALUES (?, ?, ?, ?, ?)",
            portal,
            attempt.state,
            _digest(browser),
            json.dumps(asdict(attempt)),
            time.time() + ATTEMPT_SECONDS,
        )

    def recall(self, portal: str, browser: str, state: str) -> Attempt | None:
        """Return the attempt that this browser began, once."""
        found = self._run(
            "DELETE FROM attempt WHERE portal = ? AND state = ? AND browser = ? AND until > ? RETURNING document",
            portal,
            state,
            _digest(browser),
            time.time(),
        )
        return Attempt(**json.loads(found[0][0])) if found else None

    def hear(self, portal: str, jti: str) -> bool:
        """Tell whether a logout token comes for the first time."""
        until = time.time() + HEARD_SECONDS
        return bool(self._run("INSERT OR IGNORE INTO heard VALUES (?, ?, ?) RETURNING 1", portal, jti, until))

    def close(self) -> None:
        self._file.close()

    def _run(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._file.execute(statement, values).fetchall()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
