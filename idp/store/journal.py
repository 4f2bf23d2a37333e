"""The journal's store: one insert an event, read by account, newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, desc, insert, select, update

from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.ids import new_id
from idp.kernel.metrics import event_recorded
from idp.store.database import Database
from idp.store.tables.records import JournalRow

_RECORD = insert(JournalRow)
_OF = (
    select(JournalRow)
    .with_only_columns(
        JournalRow.kind,
        JournalRow.at,
        JournalRow.account_id,
        JournalRow.actor,
        JournalRow.client_id,
        JournalRow.address,
        JournalRow.details,
    )
    .where(JournalRow.account_id == bindparam("account_id"))
    .order_by(desc(JournalRow.at), desc(JournalRow.id))
    .limit(bindparam("most"))
)
_FORGET = update(JournalRow).where(JournalRow.account_id == bindparam("whose")).values(address="")


@dataclass(frozen=True, slots=True)
class Line:
    """An event as it stands in the journal."""

    at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Journal:
    database: Database
    now: Clock

    def record(self, event: Event) -> None:
        """Write one line; inside ``together`` it stands or falls with the rest."""
        self.database.run(
            _RECORD,
            {
                "id": new_id(),
                "at": self.now(),
                "kind": event.kind,
                "account_id": event.account_id,
                "actor": event.actor,
                "client_id": event.client_id,
                "address": event.address,
                "details": event.details,
            },
        )
        event_recorded(event.kind)

    def of(self, account_id: str, most: int = 100) -> list[Line]:
        """Return the newest lines about one account."""
        return [
            Line(row.at, Event(row.kind, row.account_id, row.actor, row.client_id, row.address, row.details))
            for row in self.database.rows(_OF, {"account_id": account_id, "most": most})
        ]

    def forget_addresses(self, account_id: str) -> None:
        """Blank the network addresses of a closed account's lines: they are personal data."""
        self.database.run(_FORGET, {"whose": account_id})
