"""The journal's store: one insert an event, read by account, newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, desc, insert, select, update

from idp.journal.events import LASTING, Event
from idp.kernel.clock import Clock
from idp.kernel.ids import new_id
from idp.kernel.metrics import event_recorded
from idp.store.database import Database
from idp.store.outbox import LEDGER, Outbox
from idp.store.tables.records import JournalRow

_RECORD = insert(JournalRow)
_HAS = select(JournalRow.id).where(JournalRow.id == bindparam("id"))
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
_OF_KINDS = (
    _OF.where(JournalRow.kind.in_(bindparam("kinds", expanding=True)))
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_NEWEST = select(JournalRow.at).order_by(desc(JournalRow.at)).limit(1)
_FORGET = update(JournalRow).where(JournalRow.account_id == bindparam("whose")).values(address="")
#: Lines whose details name a browser.
_FORGET_BROWSERS = (
    update(JournalRow)
    .where(
        JournalRow.account_id == bindparam("whose"),
        JournalRow.kind.in_(("session.started", "session.reauthenticated", "session.refused")),
    )
    .values(details={})
)


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
        """Write one line; inside ``together`` it stands or falls with the rest. A lasting one leaves for the ledger."""
        line_id, at = new_id(), self.now()
        if event.kind in LASTING:
            told = {**asdict(event), "id": line_id, "at": at.isoformat(), "address": ""}
            with self.database.together():
                self.keep(line_id, at, event)
                Outbox(self.database, self.now).add(LEDGER, told, reference=line_id)
        else:
            self.keep(line_id, at, event)
        event_recorded(event.kind)

    def keep(self, line_id: str, at: datetime, event: Event) -> None:
        """Write a line as of another moment: one that the ledger tells of."""
        self.database.run(
            _RECORD,
            {
                "id": line_id,
                "at": at,
                "kind": event.kind,
                "account_id": event.account_id,
                "actor": event.actor,
                "client_id": event.client_id,
                "address": event.address,
                "details": event.details,
            },
        )

    def has(self, line_id: str) -> bool:
        return self.database.row(_HAS, {"id": line_id}) is not None

    def of(self, account_id: str, most: int = 100) -> list[Line]:
        """Return the newest lines about one account."""
        return _lines(self.database.rows(_OF, {"account_id": account_id, "most": most}))

    def of_kinds(self, account_id: str, kinds: Iterable[str], most: int = 20, skip: int = 0) -> list[Line]:
        """Return the newest lines of some kinds about one account."""
        values = {"account_id": account_id, "kinds": list(kinds), "most": most, "skip": skip}
        return _lines(self.database.rows(_OF_KINDS, values))

    def newest(self) -> datetime | None:
        """Return the latest moment that this store has seen."""
        row = self.database.row(_NEWEST)
        found: datetime | None = row.at if row is not None else None
        return found

    def forget_places(self, account_id: str) -> None:
        """Blank network addresses and browsers in a closed account's lines: they are personal data."""
        self.database.run(_FORGET, {"whose": account_id})
        self.database.run(_FORGET_BROWSERS, {"whose": account_id})


def _lines(rows: Sequence[Row[Any]]) -> list[Line]:
    return [
        Line(row.at, Event(row.kind, row.account_id, row.actor, row.client_id, row.address, row.details))
        for row in rows
    ]
