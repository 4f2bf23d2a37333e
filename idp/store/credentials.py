"""Passwords and control questions: changed only while they are what the caller saw, held while a session starts.

A password takes long to check, and meanwhile it can be replaced. So whatever follows from it says in its own
transaction which password it was, and the account's row is held until that is written (``FOR NO KEY UPDATE``: foreign
keys to it go on). Either the new password comes first and finds no session to end, for none may start any more, or the
session comes first and is ended with all the others.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from idp.accounts.account import Account
from idp.store.database import Database
from idp.store.tables.accounts import AccountRow

_MINE = (AccountRow.id == bindparam("whose"), AccountRow.closed_at.is_(None))
_HOLD = select(AccountRow.password_changed_at).where(*_MINE).with_for_update(key_share=True)
_REPLACE = (
    update(AccountRow)
    .where(
        *_MINE,
        AccountRow.password_changed_at.is_not_distinct_from(
            bindparam("seen", type_=AccountRow.password_changed_at.type)
        ),
    )
    .values(password_hash=bindparam("hash"), password_changed_at=bindparam("at"))
)
_KILL = update(AccountRow).where(*_MINE).values(password_hash="", password_changed_at=bindparam("at"))
_REHASH = (
    update(AccountRow)
    .where(*_MINE, AccountRow.password_hash == bindparam("seen"))
    .values(password_hash=bindparam("hash"))
)
_QUESTION = update(AccountRow).where(*_MINE).values(question=bindparam("text"), answer_hash=bindparam("hash"))
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Credentials:
    database: Database

    def hold(self, account: Account) -> bool:
        """Inside ``together``: hold the account until it ends; False if it was closed or has another password than
        when this value of it was read."""
        row = self.database.row(_HOLD, {"whose": account.id})
        return row is not None and row.password_changed_at == account.password_changed_at

    def replace(self, account: Account, password_hash: str, at: datetime) -> Account | None:
        """Set a new password and return the account with it; None if it isn't the one any more with which the value
        was read. Each has a moment of its own, which tells it from the last one whatever the clock does."""
        seen = account.password_changed_at
        since = at if seen is None else max(at, seen + _TICK)
        values = {"whose": account.id, "seen": seen, "hash": password_hash, "at": since}
        if self.database.run(_REPLACE, values) != 1:
            return None
        return replace(account, password_hash=password_hash, password_changed_at=since)

    def kill(self, account_id: str, at: datetime) -> None:
        """Let no password open the account until another is set."""
        self.database.run(_KILL, {"whose": account_id, "at": at})

    def rehash(self, account: Account, password_hash: str) -> bool:
        """Keep the same password under newer parameters of the hash, unless another was set meanwhile."""
        return (
            self.database.run(_REHASH, {"whose": account.id, "seen": account.password_hash, "hash": password_hash}) == 1
        )

    def set_question(self, account_id: str, question: str, answer_hash: str) -> None:
        self.database.run(_QUESTION, {"whose": account_id, "text": question, "hash": answer_hash})
