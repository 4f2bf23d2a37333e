"""Where lists are fetched from: the mark to ask by, and what came of the last try, for whoever watches."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Executable, bindparam, case, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.kernel.clock import Clock
from idp.store.database import Database
from idp.store.tables.lists import ListSourceRow

_MARK = select(ListSourceRow.mark).where(ListSourceRow.address == bindparam("where"))
_ALL = select(ListSourceRow.__table__).order_by(ListSourceRow.address)


def _note(insert: sqlite.Insert | postgresql.Insert) -> Executable:
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=(ListSourceRow.address,),
        set_={
            "outcome": new.outcome,
            "code": new.code,
            "tried_at": new.tried_at,
            "mark": case((new.good_at.is_(None), ListSourceRow.mark), else_=new.mark),
            "good_at": case((new.good_at.is_(None), ListSourceRow.good_at), else_=new.good_at),
        },
    )


_NOTE: dict[str, Executable] = {
    "sqlite": _note(sqlite.insert(ListSourceRow)),
    "postgresql": _note(postgresql.insert(ListSourceRow)),
}


@dataclass(frozen=True, slots=True)
class Source:
    """``good_at`` is when the address last gave what we hold, or said that it had not changed."""

    address: str
    outcome: str
    code: str
    tried_at: datetime
    good_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListSources:
    database: Database
    now: Clock

    def mark(self, address: str) -> str | None:
        row = self.database.row(_MARK, {"where": address})
        return row.mark or None if row else None

    def good(self, address: str, outcome: str, mark: str | None) -> None:
        """Note that the address gave what we hold; ``mark`` is what to ask by next time."""
        self._note(address, outcome, "", mark, self.now())

    def bad(self, address: str, outcome: str, code: str) -> None:
        """Note that nothing came of the address; mark and time of the last good try stay."""
        self._note(address, outcome, code, None, None)

    def all(self) -> list[Source]:
        return [
            Source(row.address, row.outcome, row.code, row.tried_at, row.good_at) for row in self.database.rows(_ALL)
        ]

    def _note(self, address: str, outcome: str, code: str, mark: str | None, good_at: datetime | None) -> None:
        self.database.run(
            _NOTE[self.database.engine.dialect.name],
            {
                "address": address,
                "outcome": outcome,
                "code": code,
                "mark": mark or "",
                "tried_at": self.now(),
                "good_at": good_at,
            },
        )
