"""What the database must remember of its own history: a handful of values by name."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from idp.store.database import Database
from idp.store.tables.administration import MarkRow


class Mark(StrEnum):
    #: The demo city filled this database: its people's passwords are known to all.
    DEMO = "demo"
    #: Everything that was given out before this moment counts for nothing: an old copy was restored then.
    FLOOR = "floor"
    #: The digest of the link that makes the first administrator, until the mark's end.
    FIRST_ADMIN = "first admin"


_ADD = insert(MarkRow)
_GET = select(MarkRow.value).where(MarkRow.name == bindparam("named"))
_DROP = delete(MarkRow).where(MarkRow.name == bindparam("named"))
_TAKE = (
    delete(MarkRow)
    .where(MarkRow.name == bindparam("named"), MarkRow.value == bindparam("held"), MarkRow.until > bindparam("at"))
    .returning(MarkRow.name)
)
_LIVE = select(MarkRow.name).where(
    MarkRow.name == bindparam("named"), MarkRow.value == bindparam("held"), MarkRow.until > bindparam("at")
)


@dataclass(frozen=True, slots=True)
class Marks:
    database: Database

    def get(self, mark: Mark) -> str | None:
        row = self.database.row(_GET, {"named": mark})
        return None if row is None else str(row.value)

    def put(self, mark: Mark, value: str, until: datetime | None = None) -> None:
        """Set the mark, whatever it was."""
        values: dict[str, Any] = {"name": mark, "value": value, "until": until}
        with self.database.together():
            self.database.run(_DROP, {"named": mark})
            self.database.run(_ADD, values)

    def drop(self, mark: Mark) -> None:
        self.database.run(_DROP, {"named": mark})

    def is_live(self, mark: Mark, value: str, at: datetime) -> bool:
        """Tell whether the mark has this value and hasn't ended."""
        return self.database.row(_LIVE, {"named": mark, "held": value, "at": at}) is not None

    def take(self, mark: Mark, value: str, at: datetime) -> bool:
        """Remove the mark if it has this value and hasn't ended; of several who try, one is told True."""
        return bool(self.database.rows(_TAKE, {"named": mark, "held": value, "at": at}))
