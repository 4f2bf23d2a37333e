"""Personal data that lie sealed: put away under the newest key, found by keyed digest, held by one account."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update

from idp.accounts.account import Account
from idp.keys.data_keys import DataKeys, Sealed
from idp.store.accounts import ACCOUNT_COLUMNS, account_of
from idp.store.database import Database
from idp.store.tables.accounts import AccountRow
from idp.store.tables.assurance import PersonalDatumRow

_PUT = insert(PersonalDatumRow)
_MINE = (PersonalDatumRow.account_id == bindparam("whose"), PersonalDatumRow.field == bindparam("which"))
_CHANGE = (
    update(PersonalDatumRow)
    .where(*_MINE)
    .values(key_id=bindparam("key"), sealed=bindparam("text"), digest=bindparam("mark"), since=bindparam("at"))
)
_LET_GO = update(PersonalDatumRow).where(*_MINE, PersonalDatumRow.digest.is_not(None)).values(digest=None)
_OF = select(PersonalDatumRow.key_id, PersonalDatumRow.sealed, PersonalDatumRow.digest, PersonalDatumRow.since).where(
    *_MINE
)
_HOLDER = (
    select(*ACCOUNT_COLUMNS)
    .join(PersonalDatumRow, PersonalDatumRow.account_id == AccountRow.id)
    .where(
        PersonalDatumRow.field == bindparam("which"),
        PersonalDatumRow.digest == bindparam("mark"),
        AccountRow.closed_at.is_(None),
    )
)
_DROP_OF = delete(PersonalDatumRow).where(PersonalDatumRow.account_id == bindparam("whose"))
_UNDER_OTHERS = (
    select(PersonalDatumRow.account_id, PersonalDatumRow.field, PersonalDatumRow.key_id, PersonalDatumRow.sealed)
    .where(PersonalDatumRow.key_id != bindparam("newest"))
    .limit(bindparam("most"))
)
_RESEAL = (
    update(PersonalDatumRow)
    .where(*_MINE, PersonalDatumRow.sealed == bindparam("before"))
    .values(key_id=bindparam("key"), sealed=bindparam("text"))
)
_COUNT = select(PersonalDatumRow.key_id, func.count().label("number")).group_by(PersonalDatumRow.key_id)


@dataclass(frozen=True, slots=True)
class Kept:
    """``held`` tells whether the value is this person's alone: matched, and a name to sign in by."""

    value: str
    held: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class PersonalData:
    database: Database
    keys: DataKeys

    def hold(self, account_id: str, field: str, value: str, at: datetime) -> None:
        """Keep the value as this account's alone; ``Conflict`` if another account holds it (STD-14)."""
        sealed = self.keys.seal(value.encode(), _place(account_id, field))
        values = {"whose": account_id, "which": field, "key": sealed.key_id, "text": sealed.text, "at": at}
        mark = self.keys.digest(field, value)
        if self.database.run(_CHANGE, {**values, "mark": mark}):
            return
        row = {"account_id": account_id, "field": field, "key_id": sealed.key_id, "sealed": sealed.text}
        self.database.run(_PUT, {**row, "digest": mark, "since": at})

    def let_go(self, account_id: str, field: str) -> bool:
        """Keep the value, but no longer hold it; another account may."""
        return self.database.run(_LET_GO, {"whose": account_id, "which": field}) == 1

    def of(self, account_id: str, field: str) -> Kept | None:
        row = self.database.row(_OF, {"whose": account_id, "which": field})
        if row is None:
            return None
        plain = self.keys.open(Sealed(row.key_id, row.sealed), _place(account_id, field))
        return Kept(plain.decode(), row.digest is not None, row.since)

    def holder(self, field: str, value: str) -> Account | None:
        """Return the live account that holds the value."""
        row = self.database.row(_HOLDER, {"which": field, "mark": self.keys.digest(field, value)})
        return account_of(row) if row else None

    def drop_of(self, account_id: str) -> None:
        self.database.run(_DROP_OF, {"whose": account_id})

    def reseal(self, most: int) -> int:
        """Seal up to so many texts anew that older keys sealed; return how many. Whoever changed one meanwhile wins."""
        rows = self.database.rows(_UNDER_OTHERS, {"newest": self.keys.current, "most": most})
        for row in rows:
            place = _place(row.account_id, row.field)
            sealed = self.keys.seal(self.keys.open(Sealed(row.key_id, row.sealed), place), place)
            values = {"whose": row.account_id, "which": row.field, "before": row.sealed}
            self.database.run(_RESEAL, {**values, "key": sealed.key_id, "text": sealed.text})
        return len(rows)

    def by_key(self) -> dict[str, int]:
        """Return how many texts each key seals."""
        return {row.key_id: row.number for row in self.database.rows(_COUNT)}


def _place(account_id: str, field: str) -> str:
    return f"personal_data.sealed:{account_id}:{field}"
