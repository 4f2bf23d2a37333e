"""What a person lets a portal have: one row a person and portal, withdrawn by date."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Row, and_, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.accounts.consent import Sharing
from idp.store.database import Database
from idp.store.tables.accounts import SharingRow

_ONE = and_(SharingRow.account_id == bindparam("whose"), SharingRow.client_id == bindparam("whom"))
_GET = select(SharingRow.__table__).where(_ONE)
_OF = select(SharingRow.__table__).where(SharingRow.account_id == bindparam("whose")).order_by(SharingRow.given_at)
_KEY = (SharingRow.account_id, SharingRow.client_id)
_GIVEN = ("scopes", "claims", "given_at", "withdrawn_at")
_GIVE_SQLITE = sqlite.insert(SharingRow)
_GIVE_POSTGRESQL = postgresql.insert(SharingRow)
#: One statement, so that the same button in two tabs gives once.
_GIVE: dict[str, Executable] = {
    "sqlite": _GIVE_SQLITE.on_conflict_do_update(
        index_elements=_KEY, set_={name: _GIVE_SQLITE.excluded[name] for name in _GIVEN}
    ),
    "postgresql": _GIVE_POSTGRESQL.on_conflict_do_update(
        index_elements=_KEY, set_={name: _GIVE_POSTGRESQL.excluded[name] for name in _GIVEN}
    ),
}
_WITHDRAW = update(SharingRow).where(_ONE, SharingRow.withdrawn_at.is_(None)).values(withdrawn_at=bindparam("at"))
_DROP_OF = delete(SharingRow).where(SharingRow.account_id == bindparam("whose"))


def _sharing(row: Row[Any]) -> Sharing:
    return Sharing(
        row.account_id, row.client_id, frozenset(row.scopes), frozenset(row.claims), row.given_at, row.withdrawn_at
    )


@dataclass(frozen=True, slots=True)
class Sharings:
    database: Database

    def get(self, account_id: str, client_id: str) -> Sharing | None:
        row = self.database.row(_GET, {"whose": account_id, "whom": client_id})
        return _sharing(row) if row else None

    def of(self, account_id: str) -> list[Sharing]:
        """Return all sharings of a person, withdrawn ones too."""
        return [_sharing(row) for row in self.database.rows(_OF, {"whose": account_id})]

    def give(self, sharing: Sharing) -> None:
        """Keep the permission; an earlier one for the same portal is replaced."""
        self.database.run(
            _GIVE[self.database.engine.dialect.name],
            {
                "account_id": sharing.account_id,
                "client_id": sharing.client_id,
                "scopes": sorted(sharing.scopes),
                "claims": sorted(sharing.claims),
                "given_at": sharing.given_at,
                "withdrawn_at": None,
            },
        )

    def withdraw(self, account_id: str, client_id: str, at: datetime) -> bool:
        return self.database.run(_WITHDRAW, {"whose": account_id, "whom": client_id, "at": at}) == 1

    def drop_of(self, account_id: str) -> None:
        self.database.run(_DROP_OF, {"whose": account_id})
