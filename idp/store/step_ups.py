"""Requests that wait for a level, in the database: kept for weeks, taken up once."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from idp.assurance.acr import AcrRequest
from idp.protocol.requests import Form
from idp.protocol.step_up import StepUp
from idp.store.database import Database
from idp.store.tables.step_ups import StepUpRow

_ALL = select(StepUpRow.__table__)
_ADD = insert(StepUpRow)
_GET = _ALL.where(StepUpRow.id == bindparam("which"))
_OPEN_OF = _ALL.where(
    StepUpRow.account_id == bindparam("whose"), StepUpRow.taken_at.is_(None), StepUpRow.expires_at > bindparam("at")
).order_by(StepUpRow.started_at.desc())
_OF = _ALL.where(StepUpRow.account_id == bindparam("whose")).order_by(StepUpRow.started_at)
_TAKE = (
    update(StepUpRow)
    .where(StepUpRow.id == bindparam("which"), StepUpRow.taken_at.is_(None), StepUpRow.expires_at > bindparam("at"))
    .values(taken_at=bindparam("at"))
)
_TELL = (
    update(StepUpRow)
    .where(StepUpRow.id == bindparam("which"), StepUpRow.told_at.is_(None))
    .values(told_at=bindparam("at"))
)
_DROP_STALE = delete(StepUpRow).where(
    StepUpRow.account_id == bindparam("whose"),
    StepUpRow.client_id == bindparam("whom"),
    StepUpRow.taken_at.is_(None),
    StepUpRow.started_at < bindparam("before"),
)
_SWEEP = delete(StepUpRow).where(StepUpRow.expires_at <= bindparam("at"))
_DROP_OF = delete(StepUpRow).where(StepUpRow.account_id == bindparam("whose"))


@dataclass(frozen=True, slots=True)
class StepUps:
    database: Database

    def add(self, step_up: StepUp) -> None:
        self.database.run(
            _ADD,
            {
                "id": step_up.id,
                "account_id": step_up.account_id,
                "client_id": step_up.client_id,
                "parameters": step_up.parameters.pairs,
                "acr_request": asdict(step_up.acr_request),
                "browser": step_up.browser,
                "started_at": step_up.started_at,
                "expires_at": step_up.expires_at,
                "told_at": step_up.told_at,
                "taken_at": step_up.taken_at,
            },
        )

    def get(self, step_up_id: str) -> StepUp | None:
        row = self.database.row(_GET, {"which": step_up_id})
        return _step_up(row) if row is not None else None

    def open_of(self, account_id: str, at: datetime) -> list[StepUp]:
        """Return what a person's portals still wait for, the newest request of each portal, newest first."""
        newest: dict[str, StepUp] = {}
        for row in self.database.rows(_OPEN_OF, {"whose": account_id, "at": at}):
            newest.setdefault(row.client_id, _step_up(row))
        return list(newest.values())

    def of(self, account_id: str) -> list[StepUp]:
        """Return every request that was kept of a person, oldest first."""
        return [_step_up(row) for row in self.database.rows(_OF, {"whose": account_id})]

    def take(self, step_up_id: str, at: datetime) -> bool:
        """Use it up; True for exactly one caller while it is open."""
        return self.database.run(_TAKE, {"which": step_up_id, "at": at}) == 1

    def tell(self, step_up_id: str, at: datetime) -> bool:
        """Mark that the person was told; True for exactly one caller."""
        return self.database.run(_TELL, {"which": step_up_id, "at": at}) == 1

    def drop_stale(self, account_id: str, client_id: str, before: datetime) -> int:
        """Forget open requests of a portal that began before then: a newer one stands for them."""
        return self.database.run(_DROP_STALE, {"whose": account_id, "whom": client_id, "before": before})

    def sweep(self, at: datetime) -> int:
        return self.database.run(_SWEEP, {"at": at})

    def drop_of(self, account_id: str) -> None:
        self.database.run(_DROP_OF, {"whose": account_id})


def _step_up(row: Row[Any]) -> StepUp:
    asked = row.acr_request
    return StepUp(
        row.id,
        row.account_id,
        row.client_id,
        Form(tuple((name, value) for name, value in row.parameters)),
        AcrRequest(tuple(asked["values"]), asked["binding"], asked["floor"]),
        row.browser,
        row.started_at,
        row.expires_at,
        row.told_at,
        row.taken_at,
    )
