"""Tokens of administrators: opaque, long-lived, shown once, revocable; the API for clients takes them."""

from dataclasses import dataclass
from datetime import datetime

from idp.kernel.ids import new_secret

#: Tells people and leak scanners what they have found, and the door which kind of token it holds.
PREFIX = "idp_admin_"


@dataclass(frozen=True, slots=True)
class AdminToken:
    """``account_id`` is empty where the operator made the token for nobody in particular: it ends with no account.

    ``made_by`` is an actor as the journal names them. The secret isn't kept, its digest stands in the store.
    """

    id: str
    name: str
    made_by: str
    account_id: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_live(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


def new_token() -> str:
    """Return a new token: 256 random bits behind the prefix."""
    return PREFIX + new_secret()
