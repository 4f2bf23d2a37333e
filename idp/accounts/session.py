"""A session at the provider: who signed in, how, when, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Session:
    """``id`` is the ``sid`` portals see; the browser holds another secret, of which only the digest is kept.

    ``auth_time`` moves only when the person authenticates again; ``amr`` lists the methods that count (RFC 8176).
    """

    id: str
    account_id: str
    amr: tuple[str, ...]
    auth_time: datetime
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    idle_seconds: int
    shared_computer: bool = False
    browser: str = ""
    address: str = ""
    ended_at: datetime | None = None

    def is_live(self, at: datetime) -> bool:
        idle_until = self.seen_at + timedelta(seconds=self.idle_seconds)
        return self.ended_at is None and at < self.expires_at and at < idle_until
