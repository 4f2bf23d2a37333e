"""Registrations that wait for their e-mail: durable, so that a killed worker costs nobody the form they filled in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, insert, select, update

from idp.accounts.account import Name
from idp.accounts.registration import Registration
from idp.store.database import Database
from idp.store.tables.accounts import RegistrationRow

_COLUMNS = [
    column for name, column in RegistrationRow.__table__.columns.items() if name not in ("secret_digest", "link_digest")
]
_OPEN = insert(RegistrationRow)
_LIVE = and_(RegistrationRow.expires_at > bindparam("now"))
_BY_SECRET = select(*_COLUMNS).where(RegistrationRow.secret_digest == bindparam("digest"), _LIVE)
_BY_LINK = select(*_COLUMNS).where(RegistrationRow.link_digest == bindparam("digest"), _LIVE)
_GET = select(*_COLUMNS).where(RegistrationRow.id == bindparam("id"), _LIVE)
_OF = select(*_COLUMNS).where(RegistrationRow.account_id == bindparam("whose"))
_NEW_CODE = (
    update(RegistrationRow)
    .where(
        RegistrationRow.id == bindparam("which"),
        RegistrationRow.taken_at.is_(None),
        RegistrationRow.sends == bindparam("after"),
    )
    .values(
        code_digest=bindparam("code"),
        link_digest=bindparam("link"),
        code_expires_at=bindparam("until"),
        code_tries=0,
        sent_at=bindparam("at"),
        sends=RegistrationRow.sends + 1,
        email=bindparam("address"),
    )
)
_TRY = (
    update(RegistrationRow)
    .where(RegistrationRow.id == bindparam("which"))
    .values(code_tries=RegistrationRow.code_tries + 1)
    .returning(RegistrationRow.code_tries)
)
_TAKE = (
    update(RegistrationRow)
    .where(RegistrationRow.id == bindparam("which"), RegistrationRow.taken_at.is_(None))
    .values(taken_at=bindparam("at"), account_id=bindparam("account"), password_hash="", answer_hash="")
)
_SWEEP = delete(RegistrationRow).where(RegistrationRow.expires_at <= bindparam("at"))
_DROP_OF = delete(RegistrationRow).where(RegistrationRow.account_id == bindparam("whose"))


def _registration(row: Row[Any]) -> Registration:
    values = dict(row._mapping)
    name = Name(values.pop("family_name"), values.pop("given_name"), values.pop("middle_name"))
    return Registration(name=name, **values)


@dataclass(frozen=True, slots=True)
class Registrations:
    database: Database

    def open(self, registration: Registration, secret_digest: str, link_digest: str) -> None:
        values = {
            "id": registration.id,
            "secret_digest": secret_digest,
            "link_digest": link_digest,
            "email": registration.email,
            "phone": registration.phone,
            "family_name": registration.name.family,
            "given_name": registration.name.given,
            "middle_name": registration.name.middle,
            "password_hash": registration.password_hash,
            "question": registration.question,
            "answer_hash": registration.answer_hash,
            "consents": registration.consents,
            "agreement_version": registration.agreement_version,
            "locale": registration.locale,
            "transaction_id": registration.transaction_id,
            "code_digest": registration.code_digest,
            "code_expires_at": registration.code_expires_at,
            "code_tries": 0,
            "sent_at": registration.sent_at,
            "sends": registration.sends,
            "created_at": registration.created_at,
            "expires_at": registration.expires_at,
            "taken_at": None,
            "account_id": None,
        }
        self.database.run(_OPEN, values)

    def by_secret(self, digest: str, at: datetime) -> Registration | None:
        """Return the registration of this browser, confirmed ones too until they expire."""
        row = self.database.row(_BY_SECRET, {"digest": digest, "now": at})
        return _registration(row) if row else None

    def by_link(self, digest: str, at: datetime) -> Registration | None:
        row = self.database.row(_BY_LINK, {"digest": digest, "now": at})
        return _registration(row) if row else None

    def get(self, registration_id: str, at: datetime) -> Registration | None:
        row = self.database.row(_GET, {"id": registration_id, "now": at})
        return _registration(row) if row else None

    def of(self, account_id: str) -> list[Registration]:
        """Return the registrations that became this account and haven't been swept yet."""
        return [_registration(row) for row in self.database.rows(_OF, {"whose": account_id})]

    def new_code(self, marked: Registration, link_digest: str, after: int) -> bool:
        """Void the earlier code and link and keep the new ones, for this e-mail; False once it is confirmed, or if
        more letters than ``after`` were sent meanwhile."""
        values = {"which": marked.id, "code": marked.code_digest, "link": link_digest, "after": after}
        times = {"until": marked.code_expires_at, "at": marked.sent_at}
        return self.database.run(_NEW_CODE, {**values, **times, "address": marked.email}) == 1

    def count_try(self, registration_id: str) -> int:
        """Count one try of the code; return the number of tries so far, this one included."""
        row = self.database.row(_TRY, {"which": registration_id})
        return int(row[0]) if row else 0

    def take(self, registration_id: str, account_id: str, at: datetime) -> bool:
        """Mark it as become that account, forgetting its secrets; False if somebody was first."""
        return self.database.run(_TAKE, {"which": registration_id, "account": account_id, "at": at}) == 1

    def sweep(self, at: datetime) -> int:
        """Remove expired registrations: login and e-mail are free again (SIM-27)."""
        return self.database.run(_SWEEP, {"at": at})

    def drop_of(self, account_id: str) -> None:
        self.database.run(_DROP_OF, {"whose": account_id})
