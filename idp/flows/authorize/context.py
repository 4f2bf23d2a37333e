"""What the steps of an authorization request pass on, and what they may use."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from idp.accounts.account import Account
from idp.accounts.session import Session
from idp.assurance.acr import AcrRequest, Way
from idp.assurance.levels import Level
from idp.clients.client import Client
from idp.flows.authorize.transactions import Transaction, Transactions
from idp.kernel.clock import Clock
from idp.kernel.settings import Settings
from idp.keys.key_ring import KeyRing
from idp.protocol.requests import Form
from idp.protocol.response_modes import Answer, ResponseMode
from idp.protocol.subject import Subjects
from idp.store.clients import Clients
from idp.store.database import Database
from idp.store.evidence import EvidenceStore
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.sessions import Sessions
from idp.store.sharings import Sharings
from idp.store.short_lived import ShortLived


class Page(StrEnum):
    """A page that a request may wait for."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    CONFIRM_FIRST = "confirm_first"
    STEP_UP = "step_up"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Present:
    """Who is in front of us: the browser's live session and its account, or nobody.

    ``navigating`` tells that a browser itself followed a link or redirect here, so it can be led in circles;
    ``browser`` is the digest of the mark that this browser carries.
    """

    session: Session | None = None
    account: Account | None = None
    navigating: bool = False
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Uses:
    clients: Clients
    transactions: Transactions
    evidence: EvidenceStore
    sharings: Sharings
    sessions: Sessions
    grants: Grants
    journal: Journal
    short_lived: ShortLived
    database: Database
    keys: KeyRing
    subjects: Subjects
    settings: Settings
    ways: frozenset[Way]
    now: Clock


@dataclass(frozen=True, slots=True)
class Context:
    """Grows from step to step. Until ``redirect_uri`` is set, errors are pages; from then on they are redirected."""

    parameters: Form
    present: Present
    at: datetime
    transaction: Transaction | None = None
    client: Client | None = None
    redirect_uri: str = ""
    state: str = ""
    mode: ResponseMode = ResponseMode.QUERY
    scope: frozenset[str] = frozenset()
    nonce: str = ""
    challenge: str = ""
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    hinted_sub: str = ""
    claims: dict[str, Any] = field(default_factory=dict, hash=False)
    acr: AcrRequest = AcrRequest()
    resources: tuple[str, ...] = ()
    level: Level | None = None
    page: Page | None = None
    answer: Answer | None = None

    @property
    def relying_party(self) -> Client:
        """The client; only for steps after the one that found it."""
        assert self.client is not None
        return self.client

    @property
    def answered(self) -> frozenset[str]:
        """What the person in front of us answered on this request's pages."""
        if self.transaction is None or self.present.account is None:
            return frozenset()
        return frozenset(word for word, whose in self.transaction.answers if whose == self.present.account.id)

    @property
    def started_at(self) -> datetime:
        return self.transaction.started_at if self.transaction is not None else self.at
