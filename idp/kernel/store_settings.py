"""Settings of where things are kept: the durable store, short-lived state, what survives the loss of both."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Database:
    url: str = "sqlite:///var/idp.db"


@dataclass(frozen=True, slots=True)
class ShortLived:
    url: str = "file:var/state.db"
    timeout_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Backup:
    """``ledger`` lists outside the database what must not come back with an old copy of it."""

    ledger: str = "var/ledger.jsonl"
