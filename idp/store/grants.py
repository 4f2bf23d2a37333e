"""Grants: opened when a code is made, read with all that a token needs, rotated by one statement, ended once."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, bindparam, insert, or_, select, update

from idp.accounts.contacts import Contact, ContactKind
from idp.protocol.grant import Grant, LiveGrant
from idp.store.database import Database
from idp.store.evidence import evidence_of
from idp.store.grant_rows import (
    ACCOUNT,
    AFTER_ACCOUNT,
    AFTER_EVIDENCE,
    AFTER_GRANT,
    AFTER_SESSION,
    CONTACT,
    EVIDENCE,
    GRANT,
    SESSION,
    account_of,
    grant_of,
    session_of,
)
from idp.store.tables.accounts import AccountRow, ContactRow, EvidenceRow, SessionRow
from idp.store.tables.grants import GrantRow

_OPEN = insert(GrantRow)
_GET = select(*GRANT).where(GrantRow.id == bindparam("grant_id"))
# A person has a handful of live evidence and of contacts: the few rows of their product cost less than more statements.
_LIVE = (
    select(*GRANT, *ACCOUNT, *SESSION, *EVIDENCE, *CONTACT)
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
)
_ROTATE = (
    update(GrantRow)
    .where(
        GrantRow.id == bindparam("grant_id"),
        GrantRow.generation == bindparam("present"),
        GrantRow.ended_at.is_(None),
    )
    .values(
        generation=bindparam("next"),
        rotated_at=bindparam("at"),
        told_acr=bindparam("told"),
        told_level=bindparam("level"),
    )
)
_TELL = (
    update(GrantRow)
    .where(GrantRow.id == bindparam("grant_id"))
    .values(told_acr=bindparam("told"), told_level=bindparam("level"))
)


def _end(*conditions: ColumnElement[bool]) -> Update:
    return (
        update(GrantRow)
        .where(GrantRow.ended_at.is_(None), *conditions)
        .values(ended_at=bindparam("at"), end_reason=bindparam("reason"))
    )


_END = _end(GrantRow.id == bindparam("grant_id"))
_END_OF_SESSION = _end(GrantRow.session_id == bindparam("session"), GrantRow.offline.is_(False)).returning(*GRANT)
_END_OF_ACCOUNT = _end(GrantRow.account_id == bindparam("account")).returning(*GRANT)
_END_OF_SHARING = _end(
    GrantRow.account_id == bindparam("account"), GrantRow.client_id == bindparam("client")
).returning(*GRANT)
_END_OF_CLIENT = _end(GrantRow.client_id == bindparam("client"))
_HISTORY = select(*GRANT).where(GrantRow.account_id == bindparam("account")).order_by(GrantRow.created_at.desc())
_OF_ACCOUNT = _HISTORY.where(GrantRow.ended_at.is_(None))
_FORGET_WISHES = update(GrantRow).where(GrantRow.account_id == bindparam("account")).values(claims_request={})
_OF_SESSION = select(*GRANT).where(GrantRow.session_id == bindparam("session")).order_by(GrantRow.created_at)


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
                "told_level": grant.told_level,
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
        return grant_of(row) if row is not None else None

    def live(self, grant_id: str, at: datetime) -> LiveGrant | None:
        """Return the grant, ended or not, with what a token about it needs as of now; one statement.

        Evidence that has ended and contacts that aren't confirmed are left out, and so is the password's hash.
        """
        rows = self.database.rows(_LIVE, {"grant_id": grant_id, "at": at})
        if not rows:
            return None
        first: Sequence[Any] = rows[0]
        evidence = {row[AFTER_SESSION]: row[AFTER_SESSION:AFTER_EVIDENCE] for row in rows}
        contacts = {row[AFTER_EVIDENCE]: row[AFTER_EVIDENCE:] for row in rows}
        account_id = first[1]
        known = [
            Contact(key, account_id, ContactKind(kind), value, confirmed_at, outdated_at)
            for key, kind, value, confirmed_at, outdated_at in contacts.values()
            if key is not None
        ]
        return LiveGrant(
            grant_of(first),
            account_of(account_id, first[AFTER_GRANT:AFTER_ACCOUNT]),
            session_of(first[AFTER_ACCOUNT:AFTER_SESSION]),
            tuple(evidence_of(columns) for key, *columns in evidence.values() if key is not None),
            # The newest first; sorted here, where each stands once, and not as rows of the product.
            tuple(sorted(known, key=attrgetter("confirmed_at"), reverse=True)),
        )

    def rotate(self, grant_id: str, generation: int, at: datetime, told_acr: str = "", told_level: str = "") -> bool:
        """Move on from this generation; return whether it was this call that did."""
        values = {"grant_id": grant_id, "present": generation, "next": generation + 1, "at": at}
        return self.database.run(_ROTATE, {**values, "told": told_acr, "level": told_level}) == 1

    def tell(self, grant_id: str, told_acr: str, told_level: str) -> None:
        """Note what the portal is told now, where it differs from before: who was told more hears of a fall."""
        self.database.run(_TELL, {"grant_id": grant_id, "told": told_acr, "level": told_level})

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
        return [grant_of(row) for row in self.database.rows(_OF_ACCOUNT, {"account": account_id})]

    def history(self, account_id: str) -> list[Grant]:
        """Return every grant of a person, ended ones too, newest first."""
        return [grant_of(row) for row in self.database.rows(_HISTORY, {"account": account_id})]

    def forget_wishes(self, account_id: str) -> None:
        """Blank what portals asked for by value of somebody whose account is closed: values can be personal."""
        self.database.run(_FORGET_WISHES, {"account": account_id})

    def of_session(self, session_id: str) -> list[Grant]:
        """Return every grant made in a session, ended ones too, oldest first: those portals hear of its end."""
        return [grant_of(row) for row in self.database.rows(_OF_SESSION, {"session": session_id})]

    def _ended(self, statement: Any, values: dict[str, Any]) -> list[Grant]:
        return [grant_of(row) for row in self.database.rows(statement, values)]
