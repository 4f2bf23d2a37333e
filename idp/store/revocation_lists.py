"""Revocation lists that a job has found sound, indexed by serial number: a login asks with one read.

A list of many megabytes goes in by small transactions, with rests between them, so that nobody else who writes has to
wait; it counts from the moment at which all of it is there, and its predecessor goes only then.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Executable, and_, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.kernel.clock import Clock
from idp.signature.certificate import Certificate
from idp.signature.crl import Entry, RevocationList, Scope
from idp.signature.revocation import HeldList
from idp.store.database import Database
from idp.store.tables.lists import RevocationListRow, RevokedRow

_FILLING, _HELD, _GOING = "filling", "held", "going"
_BATCH = 1_000
#: A list that has been filling for so long was left by a process that is no more.
_LEFT = timedelta(days=1)

_OF = and_(RevocationListRow.authority == bindparam("whose"), RevocationListRow.state == _HELD)
_LIST = (
    RevocationListRow.scope,
    RevocationListRow.this_update,
    RevocationListRow.next_update,
    RevocationListRow.number,
    RevocationListRow.fingerprint,
)
_LISTS_OF = select(RevocationListRow.id, *_LIST).where(_OF)
_FIND = (
    select(*_LIST, RevokedRow.since, RevokedRow.reason)
    .outerjoin(RevokedRow, and_(RevokedRow.list_id == RevocationListRow.id, RevokedRow.serial == bindparam("which")))
    .where(_OF)
)
_ADD = insert(RevocationListRow).returning(RevocationListRow.id)
#: A centre may list a number twice: the first entry says enough.
_PUT: dict[str, Executable] = {
    "sqlite": sqlite.insert(RevokedRow).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(RevokedRow).on_conflict_do_nothing(),
}
_SET = (
    update(RevocationListRow)
    .where(RevocationListRow.id.in_(bindparam("which", expanding=True)))
    .values(state=bindparam("new"))
)
_LEAVING = select(RevocationListRow.id).where(
    (RevocationListRow.state == _GOING)
    | ((RevocationListRow.state == _FILLING) & (RevocationListRow.taken_at < bindparam("before")))
)
_SOME = select(RevokedRow.serial).where(RevokedRow.list_id == bindparam("list")).order_by(RevokedRow.serial)
_TAKE_OUT = delete(RevokedRow).where(RevokedRow.list_id == bindparam("list"), RevokedRow.serial <= bindparam("last"))
_DROP = delete(RevocationListRow).where(RevocationListRow.id == bindparam("list"))
_ALL = select(RevocationListRow.__table__).where(RevocationListRow.state == _HELD).order_by(RevocationListRow.issuer)


@dataclass(frozen=True, slots=True)
class Listed:
    """What operators see of a list: whose it is, how old, how large, until when it holds."""

    issuer: str
    authority: str
    this_update: datetime
    next_update: datetime
    size: int
    entries: int
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class RevocationLists:
    database: Database
    now: Clock
    #: How long to leave the database to others between two transactions, and by what.
    rest_seconds: float = 0.01
    sleep: Callable[[float], object] = time.sleep

    def held(self, authority: str, scope: Scope) -> HeldList | None:
        """Return what is held of a centre's list of this scope."""
        rows = self.database.rows(_LISTS_OF, {"whose": authority})
        return next((found for row in rows if (found := _held(row)).scope == scope), None)

    def find(self, authority: str, serial: int) -> tuple[Sequence[HeldList], Entry | None]:
        """Return the lists held of a centre, and its entry of a serial number, in one read."""
        rows = self.database.rows(_FIND, {"whose": authority, "which": _octets(serial)})
        entries = (Entry(serial, row.since, row.reason) for row in rows if row.since is not None)
        return [_held(row) for row in rows], next(entries, None)

    def keep(self, issuer: Certificate, found: RevocationList) -> None:
        """Put a list in the place of the one of the same centre and scope."""
        added = self.database.row(_ADD, self._described(issuer, found))
        assert added is not None
        for batch in _batches(found.entries()):
            self._run(
                _PUT[self.database.engine.dialect.name], [{**_entry(entry), "list_id": added.id} for entry in batch]
            )
        with self.database.together():
            rows = self.database.rows(_LISTS_OF, {"whose": issuer.authority})
            before = [row.id for row in rows if _held(row).scope == found.scope]
            self.database.run(_SET, {"which": before, "new": _GOING})
            self.database.run(_SET, {"which": [added.id], "new": _HELD})
        self.sweep()

    def sweep(self) -> None:
        """Take out what no longer counts, by small transactions too."""
        for row in self.database.rows(_LEAVING, {"before": self.now() - _LEFT}):
            while serials := self.database.rows(_SOME.limit(_BATCH), {"list": row.id}):
                self._run(_TAKE_OUT, {"list": row.id, "last": serials[-1].serial})
            self.database.run(_DROP, {"list": row.id})

    def listed(self) -> list[Listed]:
        """Return every list that counts, for the page of metrics."""
        return [
            Listed(row.issuer, row.authority, row.this_update, row.next_update, row.size, row.entries, row.taken_at)
            for row in self.database.rows(_ALL)
        ]

    def _run(self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        with self.database.together(), self.database.connection() as connection:
            connection.execute(statement, values)
        self.sleep(self.rest_seconds)

    def _described(self, issuer: Certificate, found: RevocationList) -> dict[str, Any]:
        return {
            "state": _FILLING,
            "authority": issuer.authority,
            "issuer": str(issuer.subject)[:512],
            "scope": _written(found.scope),
            "fingerprint": found.fingerprint,
            "number": "" if found.number is None else str(found.number),
            "this_update": found.this_update,
            "next_update": found.next_update,
            "size": len(found.octets),
            "entries": found.count,
            "taken_at": self.now(),
        }


def _batches(entries: Iterable[Entry]) -> Iterable[list[Entry]]:
    left = iter(entries)
    return iter(lambda: list(islice(left, _BATCH)), [])


def _entry(entry: Entry) -> dict[str, Any]:
    return {"serial": _octets(entry.serial), "since": entry.since, "reason": entry.reason}


def _octets(serial: int) -> bytes:
    return serial.to_bytes(serial.bit_length() // 8 + 1, "big", signed=True)


def _written(scope: Scope) -> dict[str, Any]:
    return {"users": scope.users, "centres": scope.centres, "points": sorted(point.hex() for point in scope.points)}


def _held(row: Any) -> HeldList:
    scope = row.scope
    points = frozenset(bytes.fromhex(point) for point in scope["points"])
    number = int(row.number) if row.number else None
    return HeldList(
        Scope(scope["users"], scope["centres"], points), row.this_update, row.next_update, number, row.fingerprint
    )
