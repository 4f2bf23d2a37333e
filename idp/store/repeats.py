"""What requests with an idempotency key did, in the database: it stands or falls with what they did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from idp.store.database import Database
from idp.store.tables.administration import RepeatRow

_ADD = insert(RepeatRow)
_GET = select(RepeatRow.request_digest, RepeatRow.nonce, RepeatRow.outcome).where(
    RepeatRow.key_digest == bindparam("digest"), RepeatRow.expires_at > bindparam("at")
)
_FREE = delete(RepeatRow).where(RepeatRow.key_digest == bindparam("digest"), RepeatRow.expires_at <= bindparam("at"))
_SWEEP = delete(RepeatRow).where(RepeatRow.expires_at <= bindparam("at"))


@dataclass(frozen=True, slots=True)
class Repeat:
    """``outcome`` is a document of the flow that wrote it."""

    request_digest: str
    nonce: str
    outcome: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Repeats:
    database: Database

    def get(self, key_digest: str, at: datetime) -> Repeat | None:
        row = self.database.row(_GET, {"digest": key_digest, "at": at})
        return Repeat(row.request_digest, row.nonce, row.outcome) if row is not None else None

    def add(self, key_digest: str, repeat: Repeat, at: datetime, expires_at: datetime) -> None:
        """Keep an outcome; ``Conflict`` when a parallel request of the same key was first."""
        self.database.run(_FREE, {"digest": key_digest, "at": at})
        self.database.run(
            _ADD,
            {
                "key_digest": key_digest,
                "request_digest": repeat.request_digest,
                "nonce": repeat.nonce,
                "outcome": repeat.outcome,
                "expires_at": expires_at,
            },
        )

    def sweep(self, at: datetime) -> int:
        """Forget outcomes whose time is over; return how many."""
        return self.database.run(_SWEEP, {"at": at})
