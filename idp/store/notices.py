"""Notices in a person's own notification centre (D-06); their words stand in the catalogues under their kind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, desc, func, insert, select, update

from idp.kernel.clock import Clock
from idp.kernel.ids import new_id
from idp.store.database import Database
from idp.store.tables.records import NoticeRow

_ADD = insert(NoticeRow)
_OF = (
    select(NoticeRow.id, NoticeRow.kind, NoticeRow.params, NoticeRow.at, NoticeRow.read_at)
    .where(NoticeRow.account_id == bindparam("account_id"))
    .order_by(desc(NoticeRow.at), desc(NoticeRow.id))
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_UNREAD = (
    select(func.count())
    .select_from(NoticeRow)
    .where(NoticeRow.account_id == bindparam("account_id"), NoticeRow.read_at.is_(None))
)
_READ = (
    update(NoticeRow)
    .where(NoticeRow.account_id == bindparam("whose"), NoticeRow.read_at.is_(None))
    .values(read_at=bindparam("since"))
)
_DROP_OF = delete(NoticeRow).where(NoticeRow.account_id == bindparam("whose"))


@dataclass(frozen=True, slots=True)
class Notice:
    id: str
    kind: str
    params: dict[str, Any]
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Notices:
    database: Database
    now: Clock

    def add(self, account_id: str, kind: str, params: dict[str, Any]) -> None:
        values = {"id": new_id(), "account_id": account_id, "kind": kind, "params": params}
        self.database.run(_ADD, {**values, "at": self.now(), "read_at": None})

    def of(self, account_id: str, most: int = 20, skip: int = 0) -> list[Notice]:
        """Return notices, newest first."""
        rows = self.database.rows(_OF, {"account_id": account_id, "most": most, "skip": skip})
        return [Notice(row.id, row.kind, row.params, row.at, row.read_at) for row in rows]

    def unread(self, account_id: str) -> int:
        row = self.database.row(_UNREAD, {"account_id": account_id})
        return int(row[0]) if row else 0

    def read(self, account_id: str) -> None:
        """Mark every notice read."""
        self.database.run(_READ, {"whose": account_id, "since": self.now()})

    def drop_of(self, account_id: str) -> None:
        self.database.run(_DROP_OF, {"whose": account_id})
