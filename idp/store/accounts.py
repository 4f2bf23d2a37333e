"""Accounts and their contacts: found by any name a person may sign in with, changed field by field."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, insert, select, update

from idp.accounts.account import Account, Gender, Name
from idp.accounts.contacts import Contact, ContactKind
from idp.store.database import Database
from idp.store.tables.accounts import AccountRow, ContactRow

ACCOUNT_COLUMNS = (
    AccountRow.id,
    AccountRow.login,
    AccountRow.login_chosen,
    AccountRow.family_name,
    AccountRow.given_name,
    AccountRow.middle_name,
    AccountRow.gender,
    AccountRow.birthdate,
    AccountRow.locale,
    AccountRow.password_hash,
    AccountRow.password_changed_at,
    AccountRow.question,
    AccountRow.answer_hash,
    AccountRow.created_at,
    AccountRow.updated_at,
    AccountRow.closed_at,
)
CONTACT_COLUMNS = (
    ContactRow.id,
    ContactRow.account_id,
    ContactRow.kind,
    ContactRow.value,
    ContactRow.confirmed_at,
    ContactRow.outdated_at,
    ContactRow.undeliverable_at,
    ContactRow.affirmed_at,
)
_LIVE = AccountRow.closed_at.is_(None)
_CURRENT = and_(ContactRow.confirmed_at.is_not(None), ContactRow.outdated_at.is_(None))
_GET = select(*ACCOUNT_COLUMNS).where(AccountRow.id == bindparam("id"))
_BY_LOGIN = select(*ACCOUNT_COLUMNS).where(AccountRow.login_key == bindparam("login_key"), _LIVE)
_BY_CONTACT = (
    select(*ACCOUNT_COLUMNS)
    .join(ContactRow, ContactRow.account_id == AccountRow.id)
    .where(ContactRow.kind == bindparam("kind"), ContactRow.value == bindparam("value"), _CURRENT, _LIVE)
    .limit(10)
)
#: Two look-ups in two indexes; an OR over both tables would read them whole.
_BY_EMAIL = (
    select(*ACCOUNT_COLUMNS)
    .where(
        AccountRow.id.in_(
            select(ContactRow.account_id)
            .where(ContactRow.kind == ContactKind.EMAIL.value, ContactRow.value == bindparam("value"), _CURRENT)
            .union(select(AccountRow.id).where(AccountRow.login_key == bindparam("value")))
        ),
        _LIVE,
    )
    .limit(10)
)
_OPEN = insert(AccountRow)
_ADD_CONTACT = insert(ContactRow)
_CONTACTS = (
    select(*CONTACT_COLUMNS)
    .where(ContactRow.account_id == bindparam("account_id"))
    .order_by(ContactRow.kind, ContactRow.added_at)
)
_CONFIRM = (
    update(ContactRow)
    .where(ContactRow.id == bindparam("contact_id"), ContactRow.confirmed_at.is_(None))
    .values(confirmed_at=bindparam("at"))
)
_DROP_CONTACT = delete(ContactRow).where(
    ContactRow.id == bindparam("contact_id"), ContactRow.account_id == bindparam("whose")
)
_DROP_OTHERS = delete(ContactRow).where(
    ContactRow.account_id == bindparam("whose"),
    ContactRow.kind == bindparam("which"),
    ContactRow.id != bindparam("but"),
)
_DROP_ALL = delete(ContactRow).where(ContactRow.account_id == bindparam("whose"))
_LOGIN = (
    update(AccountRow)
    .where(AccountRow.id == bindparam("whose"), _LIVE)
    .values(
        login=bindparam("text"),
        login_key=bindparam("key"),
        login_chosen=bindparam("chosen"),
        updated_at=bindparam("at"),
    )
)
_CHANGE = update(AccountRow).where(AccountRow.id == bindparam("whose"), _LIVE)
_TOUCH = update(AccountRow).where(AccountRow.id == bindparam("whose")).values(updated_at=bindparam("at"))
_ERASE = (
    update(AccountRow)
    .where(AccountRow.id == bindparam("whose"), _LIVE)
    .values(
        login="",
        login_key=None,
        login_chosen=False,
        family_name="",
        given_name="",
        middle_name="",
        gender=None,
        birthdate=None,
        password_hash="",
        question="",
        answer_hash="",
        closed_at=bindparam("at"),
    )
)
_AGREEMENT = select(AccountRow.agreement_version, AccountRow.agreed_at).where(AccountRow.id == bindparam("id"))
_NUMBER = select(func.count()).select_from(AccountRow).where(_LIVE)


def account_of(row: Row[Any]) -> Account:
    """Make the domain's value of a row that has ``ACCOUNT_COLUMNS``."""
    return Account(
        id=row.id,
        login=row.login,
        login_chosen=row.login_chosen,
        name=Name(row.family_name, row.given_name, row.middle_name),
        password_hash=row.password_hash,
        created_at=row.created_at,
        updated_at=row.updated_at,
        gender=Gender(row.gender) if row.gender else None,
        birthdate=row.birthdate,
        locale=row.locale,
        question=row.question,
        answer_hash=row.answer_hash,
        password_changed_at=row.password_changed_at,
        closed_at=row.closed_at,
    )


def contact_of(row: Row[Any]) -> Contact:
    kind, marks = ContactKind(row.kind), (row.confirmed_at, row.outdated_at, row.undeliverable_at, row.affirmed_at)
    return Contact(row.id, row.account_id, kind, row.value, *marks)


@dataclass(frozen=True, slots=True)
class Accounts:
    database: Database

    def get(self, account_id: str) -> Account | None:
        row = self.database.row(_GET, {"id": account_id})
        return account_of(row) if row else None

    def by_login(self, login: str) -> Account | None:
        """Return the live account whose own login this is, in any case of letters."""
        row = self.database.row(_BY_LOGIN, {"login_key": login.lower()})
        return account_of(row) if row else None

    def by_contact(self, kind: ContactKind, value: str) -> list[Account]:
        """Return the live accounts in which this contact stands confirmed and current (ten at most)."""
        return [account_of(row) for row in self.database.rows(_BY_CONTACT, {"kind": kind.value, "value": value})]

    def by_email(self, email: str) -> list[Account]:
        """Return the live accounts that an e-mail names: by the confirmed and current contact, or as the login."""
        return [account_of(row) for row in self.database.rows(_BY_EMAIL, {"value": email})]

    def contacts(self, account_id: str) -> list[Contact]:
        return [contact_of(row) for row in self.database.rows(_CONTACTS, {"account_id": account_id})]

    def open(self, account: Account, agreement_version: str) -> None:
        """Add an account; ``Conflict`` if its login is taken."""
        self.database.run(
            _OPEN,
            {
                "id": account.id,
                "login": account.login,
                "login_key": account.login.lower(),
                "login_chosen": account.login_chosen,
                "family_name": account.name.family,
                "given_name": account.name.given,
                "middle_name": account.name.middle,
                "gender": account.gender,
                "birthdate": account.birthdate,
                "locale": account.locale,
                "password_hash": account.password_hash,
                "password_changed_at": account.created_at,
                "question": account.question,
                "answer_hash": account.answer_hash,
                "agreement_version": agreement_version,
                "agreed_at": account.created_at,
                "created_at": account.created_at,
                "updated_at": account.updated_at,
                "closed_at": None,
            },
        )

    def agreement(self, account_id: str) -> tuple[str, datetime | None]:
        """Return which version of the agreement was accepted, and when."""
        row = self.database.row(_AGREEMENT, {"id": account_id})
        return (row.agreement_version, row.agreed_at) if row else ("", None)

    def add_contact(self, contact: Contact, at: datetime) -> None:
        """Add a contact; ``Conflict`` if it is a confirmed e-mail that another account holds (D-02)."""
        self.database.run(
            _ADD_CONTACT,
            {
                "id": contact.id,
                "account_id": contact.account_id,
                "kind": contact.kind.value,
                "value": contact.value,
                "confirmed_at": contact.confirmed_at,
                "outdated_at": contact.outdated_at,
                "added_at": at,
            },
        )

    def confirm_contact(self, contact_id: str, at: datetime) -> bool:
        """Mark a contact confirmed; False if it was already; ``Conflict`` if another account holds the e-mail."""
        return self.database.run(_CONFIRM, {"contact_id": contact_id, "at": at}) == 1

    def drop_contact(self, account_id: str, contact_id: str) -> bool:
        return self.database.run(_DROP_CONTACT, {"contact_id": contact_id, "whose": account_id}) == 1

    def drop_other_contacts(self, account_id: str, kind: ContactKind, but: str) -> int:
        """Remove every contact of a kind but one: what a confirmed change replaces (SIM-28)."""
        return self.database.run(_DROP_OTHERS, {"whose": account_id, "which": kind.value, "but": but})

    def set_login(self, account_id: str, login: str, chosen: bool, at: datetime) -> None:
        """Give the account this login; ``Conflict`` if it is taken."""
        values = {"whose": account_id, "text": login, "key": login.lower(), "chosen": chosen, "at": at}
        self.database.run(_LOGIN, values)

    def change(self, account: Account, fields: Iterable[str]) -> None:
        """Keep these of name, gender, birth date and language as the value has them, with its ``updated_at``. The
        others stay: the value may be older than what was written, and verified, since it was read."""
        name = account.name
        columns: dict[str, dict[str, Any]] = {
            "name": {"family_name": name.family, "given_name": name.given, "middle_name": name.middle},
            "gender": {"gender": account.gender},
            "birthdate": {"birthdate": account.birthdate},
            "locale": {"locale": account.locale},
        }
        changed = {column: value for field in fields for column, value in columns[field].items()}
        self.database.run(_CHANGE, {"whose": account.id, "updated_at": account.updated_at, **changed})

    def touch(self, account_id: str, at: datetime) -> None:
        """Move ``updated_at``: something that portals see has changed."""
        self.database.run(_TOUCH, {"whose": account_id, "at": at})

    def close(self, account_id: str, at: datetime) -> bool:
        """Erase everything personal; the row stays as a tombstone, so that ``sub`` is never given again (OID-04)."""
        self.database.run(_DROP_ALL, {"whose": account_id})
        return self.database.run(_ERASE, {"whose": account_id, "at": at}) == 1

    def number(self) -> int:
        row = self.database.row(_NUMBER)
        return int(row[0]) if row else 0
