"""The outbox: what must leave the house, kept until it has left. A job takes due rows by a lease."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Text, bindparam, delete, func, insert, select, type_coerce, update

from idp.kernel.clock import Clock
from idp.kernel.ids import new_id
from idp.store.database import Database
from idp.store.tables.records import OutboxRow

#: The channel of lines for the ledger.
LEDGER = "ledger"
_ADD = insert(OutboxRow)
_DUE = (
    select(OutboxRow.id)
    .where(
        OutboxRow.done_at.is_(None),
        OutboxRow.due_at <= bindparam("at"),
        OutboxRow.channel.in_(bindparam("channels", expanding=True)),
    )
    .order_by(OutboxRow.due_at)
    .limit(bindparam("most"))
)
_LEASE = (
    update(OutboxRow)
    .where(OutboxRow.id == bindparam("which"), OutboxRow.done_at.is_(None), OutboxRow.due_at <= bindparam("at"))
    .values(due_at=bindparam("until"), attempts=OutboxRow.attempts + 1)
    .returning(
        OutboxRow.id,
        OutboxRow.channel,
        OutboxRow.account_id,
        OutboxRow.reference,
        OutboxRow.payload,
        OutboxRow.attempts,
        OutboxRow.created_at,
    )
)
_DONE = (
    update(OutboxRow)
    .where(OutboxRow.id == bindparam("which"))
    .values(done_at=bindparam("at"), payload=bindparam("empty"))
)
_AGAIN = (
    update(OutboxRow)
    .where(OutboxRow.id == bindparam("which"))
    .values(due_at=bindparam("next"), last_error=bindparam("error"))
)
_FAILED = (
    update(OutboxRow)
    .where(OutboxRow.id == bindparam("which"))
    .values(done_at=bindparam("at"), failed=True, last_error=bindparam("error"), payload=bindparam("empty"))
)
_DUE_OF = select(OutboxRow.id).where(
    OutboxRow.account_id == bindparam("whose"),
    OutboxRow.cause == bindparam("why"),
    OutboxRow.done_at.is_(None),
    OutboxRow.due_at <= bindparam("at"),
)
_FATE_OF = (
    select(OutboxRow.reference, OutboxRow.created_at, OutboxRow.done_at, OutboxRow.failed)
    .where(
        OutboxRow.account_id == bindparam("whose"),
        OutboxRow.cause == bindparam("why"),
        OutboxRow.created_at > bindparam("since"),
    )
    .order_by(OutboxRow.created_at.desc())
)
_WAITING = select(func.count().label("number"), func.min(OutboxRow.created_at).label("since")).where(
    OutboxRow.done_at.is_(None)
)
_OF = (
    select(OutboxRow.channel, OutboxRow.payload, OutboxRow.created_at, OutboxRow.done_at, OutboxRow.failed)
    .where(OutboxRow.account_id == bindparam("whose"), OutboxRow.channel != "logout")
    .order_by(OutboxRow.created_at)
)
_NEWEST = (
    select(OutboxRow.done_at, OutboxRow.failed, OutboxRow.last_error)
    .where(OutboxRow.reference == bindparam("about"), OutboxRow.channel != "logout")
    .order_by(OutboxRow.created_at.desc())
    .limit(1)
)
_DROP_OF = delete(OutboxRow).where(OutboxRow.account_id == bindparam("whose"), OutboxRow.channel != "logout")
_TEXT = type_coerce(OutboxRow.payload, Text)
_DROP_TO = delete(OutboxRow).where(
    OutboxRow.account_id == "", OutboxRow.channel != "logout", OutboxRow.done_at.is_(None)
)
_SWEEP = delete(OutboxRow).where(OutboxRow.done_at.is_not(None), OutboxRow.done_at < bindparam("before"))


@dataclass(frozen=True, slots=True)
class Parcel:
    """One row of the outbox, leased; ``attempts`` counts this one."""

    id: str
    channel: str
    account_id: str
    reference: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime


class Passage(StrEnum):
    """How far a message came: on its way, tried in vain and to be tried again, handed over, given up."""

    UNDER_WAY = "under_way"
    DELAYED = "delayed"
    LEFT = "left"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a parcel: when it was put in, and when it left; ``failed`` ones were given up."""

    reference: str
    created_at: datetime
    done_at: datetime | None
    failed: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many parcels have not left, and since when the oldest waits."""

    number: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Outbox:
    database: Database
    now: Clock

    def add(
        self,
        channel: str,
        payload: dict[str, Any],
        account_id: str = "",
        reference: str = "",
        sendable: bool = True,
        after: timedelta = timedelta(0),
        cause: str = "",
    ) -> str:
        """Put a parcel in, due ``after`` a while, and return its id. One that isn't ``sendable`` is written as already
        dropped: the caller does the same work whether or not there is somebody to write to."""
        at, parcel_id = self.now(), new_id()
        self.database.run(
            _ADD,
            {
                "id": parcel_id,
                "channel": channel,
                "account_id": account_id,
                "reference": reference,
                "payload": payload if sendable else {},
                "created_at": at,
                "due_at": at + after,
                "attempts": 0,
                "last_error": "",
                "done_at": None if sendable else at,
                "failed": False,
                "cause": cause,
            },
        )
        return parcel_id

    def due(self, channels: Iterable[str], most: int, lease: timedelta) -> list[Parcel]:
        """Take parcels of these channels that are due; nobody else gets them while the lease lasts."""
        at = self.now()
        return self._leased(self.database.rows(_DUE, {"at": at, "most": most, "channels": list(channels)}), at, lease)

    def one_by_one(self, channels: Iterable[str], most: int, lease: timedelta) -> Iterator[Parcel]:
        """The same, but each is taken when its turn comes: what waits behind a slow one is nobody's yet."""
        for found in self.database.rows(_DUE, {"at": self.now(), "most": most, "channels": list(channels)}):
            yield from self._leased([found], self.now(), lease)

    def due_of(self, account_id: str, cause: str, lease: timedelta) -> list[Parcel]:
        """Take what is due of one person for one cause: whoever caused it waits for it, and the job passes it over."""
        at = self.now()
        return self._leased(self.database.rows(_DUE_OF, {"whose": account_id, "why": cause, "at": at}), at, lease)

    def fate_of(self, account_id: str, cause: str, since: datetime) -> list[Fate]:
        """Return what became of a person's parcels of one cause since then, newest first."""
        rows = self.database.rows(_FATE_OF, {"whose": account_id, "why": cause, "since": since})
        return [Fate(row.reference, row.created_at, row.done_at, row.failed) for row in rows]

    def _leased(self, rows: Iterable[Any], at: datetime, lease: timedelta) -> list[Parcel]:
        taken = []
        for found in rows:
            row = self.database.row(_LEASE, {"which": found.id, "at": at, "until": at + lease})
            if row is not None:
                taken.append(
                    Parcel(
                        row.id, row.channel, row.account_id, row.reference, row.payload, row.attempts, row.created_at
                    )
                )
        return taken

    def waiting(self) -> Waiting:
        row = self.database.rows(_WAITING)[0]
        return Waiting(row.number, row.since)

    def done(self, parcel_id: str) -> None:
        """It has left; its content is forgotten."""
        self.database.run(_DONE, {"which": parcel_id, "at": self.now(), "empty": {}})

    def passage(self, reference: str) -> Passage:
        """Return how far the newest message with this reference came."""
        row = self.database.row(_NEWEST, {"about": reference})
        if row is None or row.done_at is not None:
            return Passage.LOST if row is not None and row.failed else Passage.LEFT
        return Passage.DELAYED if row.last_error else Passage.UNDER_WAY

    def again(self, parcel_id: str, error: str, after: timedelta) -> None:
        self.database.run(_AGAIN, {"which": parcel_id, "error": error[:500], "next": self.now() + after})

    def failed(self, parcel_id: str, error: str) -> None:
        """It won't leave; its content is forgotten, the reason stays."""
        self.database.run(_FAILED, {"which": parcel_id, "error": error[:500], "at": self.now(), "empty": {}})

    def of(self, account_id: str) -> list[dict[str, Any]]:
        """Return what was sent to a person, oldest first: where and when, not the words, which may hold a code."""
        return [
            {
                "channel": row.channel,
                "to": row.payload.get("to", ""),
                "created_at": row.created_at,
                "left_at": row.done_at,
                "failed": row.failed,
            }
            for row in self.database.rows(_OF, {"whose": account_id})
        ]

    def drop_of(self, account_id: str) -> int:
        """Drop every message of a closed account (TRM-07); logout tokens still go."""
        return self.database.run(_DROP_OF, {"whose": account_id})

    def drop_to(self, address: str) -> int:
        """Drop what waits to leave for an address under no account: letters to somebody who was not signed in."""
        said = json.dumps({"to": address}, ensure_ascii=False, separators=(",", ":"))[1:-1]
        return self.database.run(_DROP_TO.where(_TEXT.contains(said, autoescape=True)))

    def sweep(self, keep: timedelta) -> int:
        """Remove what left longer ago than that."""
        return self.database.run(_SWEEP, {"before": self.now() - keep})
