"""The grant: what one portal was allowed for one person in one sign-in. Tokens name it and end with it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from idp.accounts.account import Account
from idp.accounts.contacts import Contact
from idp.accounts.session import Session
from idp.assurance.acr import AcrRequest
from idp.assurance.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Grant:
    """``auth_time`` and ``amr`` are those of the sign-in, kept for a grant that outlives its session. ``told_acr`` and
    ``told_level`` are what the portal was last told, by a token or at UserInfo."""

    id: str
    account_id: str
    client_id: str
    session_id: str
    scope: frozenset[str]
    auth_time: datetime
    amr: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    resources: tuple[str, ...] = ()
    acr_request: AcrRequest = AcrRequest()
    claims_request: dict[str, Any] = field(default_factory=dict, hash=False)
    told_acr: str = ""
    told_level: str = ""
    offline: bool = False
    generation: int = 0
    rotated_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = ""


@dataclass(frozen=True, slots=True)
class LiveGrant:
    """A grant with all that a token about it needs, read in one statement. ``session`` may have ended."""

    grant: Grant
    account: Account
    session: Session | None
    evidence: tuple[Evidence, ...]
    contacts: tuple[Contact, ...]
