"""What a person agreed to: use of contacts (SIM-11, D-05), the agreement (SIM-10), data released to a portal (D-01)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ConsentKind(StrEnum):
    """Separate, dated consents; each has its own text (152-FZ, article 9)."""

    SERVICE_PROGRESS = "service_progress"
    SERVICE_USE = "service_use"
    CITY_NEWS = "city_news"
    SUBORDINATE_NEWS = "subordinate_news"
    MOBILE_PLATFORM = "mobile_platform"


@dataclass(frozen=True, slots=True)
class Consent:
    """The latest word on one kind; a withdrawn one stays, told as ``given: false``."""

    kind: ConsentKind
    given: bool
    at: datetime
    text_version: str


@dataclass(frozen=True, slots=True)
class Sharing:
    """A person's permission for one portal: scopes and single claims it may get. Asked once, and again for more."""

    account_id: str
    client_id: str
    scopes: frozenset[str]
    claims: frozenset[str]
    given_at: datetime
    withdrawn_at: datetime | None = None

    def covers(self, scopes: frozenset[str], claims: frozenset[str]) -> bool:
        return self.withdrawn_at is None and scopes <= self.scopes and claims <= self.claims
