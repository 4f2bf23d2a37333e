"""Administrators' tokens: kept as digests; one of a closed account opens nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, exists, insert, or_, select, update

from idp.accounts.admin_token import AdminToken
from idp.store.database import Database
from idp.store.tables.accounts import AccountRow
from idp.store.tables.administration import AdminTokenRow

_COLUMNS = (
    AdminTokenRow.id,
    AdminTokenRow.name,
    AdminTokenRow.made_by,
    AdminTokenRow.account_id,
    AdminTokenRow.created_at,
    AdminTokenRow.expires_at,
    AdminTokenRow.last_used_at,
    AdminTokenRow.revoked_at,
)
_ADD = insert(AdminTokenRow)
_ALL = select(*_COLUMNS).order_by(AdminTokenRow.created_at, AdminTokenRow.id)
_GET = select(*_COLUMNS).where(AdminTokenRow.id == bindparam("id"))
_OPEN_ACCOUNT = exists().where(AccountRow.id == AdminTokenRow.account_id, AccountRow.closed_at.is_(None))
_BY_DIGEST = select(*_COLUMNS).where(
    AdminTokenRow.digest == bindparam("digest"), or_(AdminTokenRow.account_id == "", _OPEN_ACCOUNT)
)
_USED = (
    update(AdminTokenRow)
    .where(
        AdminTokenRow.id == bindparam("which"),
        or_(AdminTokenRow.last_used_at.is_(None), AdminTokenRow.last_used_at < bindparam("before")),
    )
    .values(last_used_at=bindparam("at"))
)
_REVOKE = (
    update(AdminTokenRow)
    .where(AdminTokenRow.id == bindparam("which"), AdminTokenRow.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)
#: The last use is for people to look at: a write a minute is exact enough.
_USE_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AdminTokens:
    database: Database

    def add(self, token: AdminToken, digest: str) -> None:
        self.database.run(
            _ADD,
            {
                "id": token.id,
                "digest": digest,
                "name": token.name,
                "made_by": token.made_by,
                "account_id": token.account_id,
                "created_at": token.created_at,
                "expires_at": token.expires_at,
            },
        )

    def all(self) -> list[AdminToken]:
        """Return every token in the order they were made, dead ones too."""
        return [_token(row) for row in self.database.rows(_ALL)]

    def get(self, token_id: str) -> AdminToken | None:
        row = self.database.row(_GET, {"id": token_id})
        return _token(row) if row is not None else None

    def live(self, digest: str, at: datetime) -> AdminToken | None:
        """Return the token of this digest if it opens anything now, and note that it was used."""
        row = self.database.row(_BY_DIGEST, {"digest": digest})
        token = _token(row) if row is not None else None
        if token is None or not token.is_live(at):
            return None
        if token.last_used_at is None or token.last_used_at < at - _USE_STEP:
            self.database.run(_USED, {"which": token.id, "at": at, "before": at - _USE_STEP})
        return token

    def revoke(self, token_id: str, at: datetime) -> bool:
        """End the token; tell whether it was this call that did."""
        return self.database.run(_REVOKE, {"which": token_id, "at": at}) == 1


def _token(row: Row[Any]) -> AdminToken:
    return AdminToken(**row._mapping)
