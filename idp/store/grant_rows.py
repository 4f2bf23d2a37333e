"""How a grant and what stands beside it lie in one wide row: columns by place, and the values made of them."""

from collections.abc import Sequence
from typing import Any

from idp.accounts.account import Account, Gender, Name
from idp.accounts.session import Session
from idp.assurance.acr import AcrRequest
from idp.protocol.grant import Grant
from idp.store.evidence import EVIDENCE_COLUMNS
from idp.store.tables.accounts import AccountRow, ContactRow, EvidenceRow, SessionRow
from idp.store.tables.grants import GrantRow

GRANT = (
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
    GrantRow.told_level,
)
#: Columns are read by place: the parts of one wide row follow each other, each of a known width.
ACCOUNT = (
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
SESSION = (
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
EVIDENCE = (EvidenceRow.id, *EVIDENCE_COLUMNS)
CONTACT = (
    ContactRow.id,
    ContactRow.kind,
    ContactRow.value,
    ContactRow.confirmed_at,
    ContactRow.outdated_at,
)
AFTER_GRANT = len(GRANT)
AFTER_ACCOUNT = AFTER_GRANT + len(ACCOUNT)
AFTER_SESSION = AFTER_ACCOUNT + len(SESSION)
AFTER_EVIDENCE = AFTER_SESSION + len(EVIDENCE)


def grant_of(row: Sequence[Any]) -> Grant:
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
        told_level=row[18],
    )


def account_of(account_id: str, columns: Sequence[Any]) -> Account:
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


def session_of(columns: Sequence[Any]) -> Session | None:
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
