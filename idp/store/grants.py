"""Grants: opened when a code is made, read with all that a token needs, rotated by one statement, ended once."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, bindparam, insert, or_, select, update

from idp.accounts.account import Account, Gender, Name
from idp.accounts.contacts import Contact, ContactKind
from idp.accounts.session import Session
from idp.assurance.acr import AcrRequest
from idp.protocol.grant import Grant, LiveGrant
from idp.store.database import Database
from idp.store.evidence import EVIDENCE_COLUMNS, evidence_of
from idp.store.tables.accounts import AccountRow, ContactRow, EvidenceRow, SessionRow
from idp.store.tables.grants import GrantRow

_GRANT = (
    GrantRow.id,
    GrantRow.account_id,
    GrantRow.client_id,
    GrantRow.session_id,
    GrantRow.scope,
    GrantRow.resources,
    GrantRow.acr_request,
    GrantRow.claims_request,
    GrantRow.auth_time,
    GrantRow.amr,
    GrantRow.told_acr,
    GrantRow.offline,
    GrantRow.generation,
    GrantRow.rotated_at,
    GrantRow.created_at,
    GrantRow.expires_at,
    GrantRow.ended_at,
    GrantRow.end_reason,
)
#: Columns are read by place: the parts of one wide row follow each other, each of a known width.
_ACCOUNT = (
    AccountRow.login,
    AccountRow.login_chosen,
    AccountRow.family_name,
    AccountRow.given_name,
    AccountRow.middle_name,
    AccountRow.gender,
    AccountRow.birthdate,
    AccountRow.locale,
    AccountRow.created_at,
    AccountRow.updated_at,
    AccountRow.closed_at,
)
_SESSION = (
    SessionRow.id,
    SessionRow.account_id,
    SessionRow.amr,
    SessionRow.auth_time,
    SessionRow.created_at,
    SessionRow.seen_at,
    SessionRow.expires_at,
    SessionRow.idle_seconds,
    SessionRow.shared_computer,
    SessionRow.ended_at,
)
_EVIDENCE = (EvidenceRow.id, *EVIDENCE_COLUMNS)
_CONTACT = (
    ContactRow.id,
    ContactRow.kind,
    ContactRow.value,
    ContactRow.confirmed_at,
    ContactRow.outdated_at,
)
_AFTER_GRANT = len(_GRANT)
_AFTER_ACCOUNT = _AFTER_GRANT + len(_ACCOUNT)
_AFTER_SESSION = _AFTER_ACCOUNT + len(_SESSION)
_AFTER_EVIDENCE = _AFTER_SESSION + len(_EVIDENCE)

_OPEN = insert(GrantRow)
_GET = select(*_GRANT).where(GrantRow.id == bindparam("grant_id"))
# A person has a handful of live evidence and of contacts: the few rows of their product cost less than more statements.
_LIVE = (
    select(*_GRANT, *_ACCOUNT, *_SESSION, *_EVIDENCE, *_CONTACT)
    .join(AccountRow, AccountRow.id == GrantRow.account_id)
    .outerjoin(SessionRow, SessionRow.id == GrantRow.session_id)
    .outerjoin(
        EvidenceRow,
        and_(
            EvidenceRow.account_id == GrantRow.account_id,
            or_(EvidenceRow.until.is_(None), EvidenceRow.until > bindparam("at", type_=EvidenceRow.until.type)),
        ),
    )
    .outerjoin(ContactRow, and_(ContactRow.account_id == GrantRow.account_id, ContactRow.confirmed_at.is_not(None)))
    .where(GrantRow.id == bindparam("grant_id"))
    .order_by(ContactRow.confirmed_at.desc())
)
_ROTATE = (
    update(GrantRow)
    .where(
        GrantRow.id == bindparam("grant_id"),
        GrantRow.generation == bindparam("present"),
        GrantRow.ended_at.is_(None),
    )
    .values(generation=bindparam("next"), rotated_at=bindparam("at"), told_acr=bindparam("told"))
)


def _end(*conditions: ColumnElement[bool]) -> Update:
    return (
        update(GrantRow)
        .where(GrantRow.ended_at.is_(None), *conditions)
        .values(ended_at=bindparam("at"), end_reason=bindparam("reason"))
    )


_END = _end(GrantRow.id == bindparam("grant_id"))
_END_OF_SESSION = _end(GrantRow.session_id == bindparam("session"), GrantRow.offline.is_(False)).returning(*_GRANT)
_END_OF_ACCOUNT = _end(GrantRow.account_id == bindparam("account")).returning(*_GRANT)
_END_OF_SHARING = _end(
    GrantRow.account_id == bindparam("account"), GrantRow.client_id == bindparam("client")
).returning(*_GRANT)
_END_OF_CLIENT = _end(GrantRow.client_id == bindparam("client"))
_HISTORY = select(*_GRANT).where(GrantRow.account_id == bindparam("account")).order_by(GrantRow.created_at.desc())
_OF_ACCOUNT = _HISTORY.where(GrantRow.ended_at.is_(None))
_FORGET_WISHES = update(GrantRow).where(GrantRow.account_id == bindparam("account")).values(claims_request={})
_OF_SESSION = select(*_GRANT).where(GrantRow.session_id == bindparam("session")).order_by(GrantRow.created_at)


@dataclass(frozen=True, slots=True)
class Grants:
    database: Database

    def open(self, grant: Grant) -> None:
        """Keep a new grant; it stands from the moment its code is made, so that a replay finds what to end."""
        self.database.run(
            _OPEN,
            {
                "id": grant.id,
                "account_id": grant.account_id,
                "client_id": grant.client_id,
                "session_id": grant.session_id,
                "scope": sorted(grant.scope),
                "resources": list(grant.resources),
                "acr_request": asdict(grant.acr_request),
                "claims_request": grant.claims_request,
                "auth_time": grant.auth_time,
                "amr": list(grant.amr),
                "told_acr": grant.told_acr,
                "offline": grant.offline,
                "generation": grant.generation,
                "rotated_at": grant.rotated_at,
                "created_at": grant.created_at,
                "expires_at": grant.expires_at,
                "ended_at": grant.ended_at,
                "end_reason": grant.end_reason,
            },
        )

    def get(self, grant_id: str) -> Grant | None:
        row = self.database.row(_GET, {"grant_id": grant_id})
        return _grant(row) if row is not None else None

    def live(self, grant_id: str, at: datetime) -> LiveGrant | None:
        """Return the grant, ended or not, with what a token about it needs as of now; one statement.

        Evidence that has ended and contacts that aren't confirmed are left out, and so is the password's hash.
        """
        rows = self.database.rows(_LIVE, {"grant_id": grant_id, "at": at})
        if not rows:
            return None
        first: Sequence[Any] = rows[0]
        evidence = {row[_AFTER_SESSION]: row[_AFTER_SESSION:_AFTER_EVIDENCE] for row in rows}
        contacts = {row[_AFTER_EVIDENCE]: row[_AFTER_EVIDENCE:] for row in rows}
        account_id = first[1]
        return LiveGrant(
            _grant(first),
            _account(account_id, first[_AFTER_GRANT:_AFTER_ACCOUNT]),
            _session(first[_AFTER_ACCOUNT:_AFTER_SESSION]),
            tuple(evidence_of(columns) for key, *columns in evidence.values() if key is not None),
            tuple(
                Contact(key, account_id, ContactKind(kind), value, confirmed_at, outdated_at)
                for key, kind, value, confirmed_at, outdated_at in contacts.values()
                if key is not None
            ),
        )

    def rotate(self, grant_id: str, generation: int, at: datetime, told_acr: str = "") -> bool:
        """Move on from this generation; return whether it was this call that did."""
        values = {"grant_id": grant_id, "present": generation, "next": generation + 1, "at": at, "told": told_acr}
        return self.database.run(_ROTATE, values) == 1

    def end(self, grant_id: str, reason: str, at: datetime) -> bool:
        """End the grant; the first reason stays. Return whether it was this call that did."""
        return self.database.run(_END, {"grant_id": grant_id, "reason": reason, "at": at}) == 1

    def end_of_session(self, session_id: str, reason: str, at: datetime) -> list[Grant]:
        """End the session's grants but those with ``offline_access`` (rule 8 of the acr table); return them."""
        return self._ended(_END_OF_SESSION, {"session": session_id, "reason": reason, "at": at})

    def end_of_account(self, account_id: str, reason: str, at: datetime) -> list[Grant]:
        return self._ended(_END_OF_ACCOUNT, {"account": account_id, "reason": reason, "at": at})

    def end_of_client(self, account_id: str, client_id: str, reason: str, at: datetime) -> list[Grant]:
        """End what one person allowed one portal."""
        values = {"account": account_id, "client": client_id, "reason": reason, "at": at}
        return self._ended(_END_OF_SHARING, values)

    def end_all_of_client(self, client_id: str, reason: str, at: datetime) -> int:
        """End everybody's grants of a client that is removed; return how many."""
        return self.database.run(_END_OF_CLIENT, {"client": client_id, "reason": reason, "at": at})

    def of_account(self, account_id: str) -> list[Grant]:
        """Return the grants of a person that haven't been ended, newest first."""
        return [_grant(row) for row in self.database.rows(_OF_ACCOUNT, {"account": account_id})]

    def history(self, account_id: str) -> list[Grant]:
        """Return every grant of a person, ended ones too, newest first."""
        return [_grant(row) for row in self.database.rows(_HISTORY, {"account": account_id})]

    def forget_wishes(self, account_id: str) -> None:
        """Blank what portals asked for by value of somebody whose account is closed: values can be personal."""
        self.database.run(_FORGET_WISHES, {"account": account_id})

    def of_session(self, session_id: str) -> list[Grant]:
        """Return every grant made in a session, ended ones too, oldest first: those portals hear of its end."""
        return [_grant(row) for row in self.database.rows(_OF_SESSION, {"session": session_id})]

    def _ended(self, statement: Any, values: dict[str, Any]) -> list[Grant]:
        return [_grant(row) for row in self.database.rows(statement, values)]


def _grant(row: Sequence[Any]) -> Grant:
    return Grant(
        id=row[0],
        account_id=row[1],
        client_id=row[2],
        session_id=row[3],
        scope=frozenset(row[4]),
        resources=tuple(row[5]),
        acr_request=AcrRequest(tuple(row[6]["values"]), row[6]["binding"], row[6]["floor"]),
        claims_request=row[7],
        auth_time=row[8],
        amr=tuple(row[9]),
        told_acr=row[10],
        offline=row[11],
        generation=row[12],
        rotated_at=row[13],
        created_at=row[14],
        expires_at=row[15],
        ended_at=row[16],
        end_reason=row[17],
    )


def _account(account_id: str, columns: Sequence[Any]) -> Account:
    login, chosen, family, given, middle, gender, birthdate, locale, created_at, updated_at, closed_at = columns
    return Account(
        id=account_id,
        login=login,
        login_chosen=chosen,
        name=Name(family, given, middle),
        password_hash="",
        created_at=created_at,
        updated_at=updated_at,
        gender=Gender(gender) if gender else None,
        birthdate=birthdate,
        locale=locale,
        closed_at=closed_at,
    )


def _session(columns: Sequence[Any]) -> Session | None:
    if columns[0] is None:
        return None
    key, account_id, amr, auth_time, created_at, seen_at, expires_at, idle_seconds, shared, ended_at = columns
    return Session(
        key,
        account_id,
        tuple(amr),
        auth_time,
        created_at,
        seen_at,
        expires_at,
        idle_seconds,
        shared_computer=shared,
        ended_at=ended_at,
    )
