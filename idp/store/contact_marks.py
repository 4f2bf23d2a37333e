"""What is noted at a contact besides its confirmation: that nothing arrives there, that it still is the person's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, update

from idp.store.database import Database
from idp.store.tables.accounts import ContactRow

_THIS = (ContactRow.account_id == bindparam("whose"), ContactRow.value == bindparam("which"))
_UNDELIVERABLE = (
    update(ContactRow)
    .where(*_THIS, ContactRow.confirmed_at.is_not(None), ContactRow.undeliverable_at.is_(None))
    .values(undeliverable_at=bindparam("at"))
)
_DELIVERED = update(ContactRow).where(*_THIS, ContactRow.undeliverable_at.is_not(None)).values(undeliverable_at=None)
_AFFIRMED = (
    update(ContactRow)
    .where(ContactRow.account_id == bindparam("whose"), ContactRow.confirmed_at.is_not(None))
    .values(affirmed_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class ContactMarks:
    database: Database

    def undeliverable(self, account_id: str, value: str, at: datetime) -> bool:
        """Flag a confirmed contact; True if this call did it."""
        return self.database.run(_UNDELIVERABLE, {"whose": account_id, "which": value, "at": at}) == 1

    def delivered(self, account_id: str, value: str) -> None:
        """Something was taken for it again."""
        self.database.run(_DELIVERED, {"whose": account_id, "which": value})

    def affirmed(self, account_id: str, at: datetime) -> None:
        """The person said that the confirmed contacts are still theirs."""
        self.database.run(_AFFIRMED, {"whose": account_id, "at": at})
