"""The port of short-lived state: codes, transactions, replay marks, counters. What must last stands in the database.

What is used once is taken, not deleted: ``take`` counts a use and returns value and count in one step, and the entry
stays until it expires. So exactly one caller sees the first use, and a second one still knows what to end.
Keys are hashed by the store, values are the caller's. A kind is a short word such as ``code``.
"""

from dataclasses import dataclass
from typing import Any, Protocol

#: Addresses of these kinds are a Redis's, see ``redis_address``; every other is a file's.
REDIS_SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster")


@dataclass(frozen=True, slots=True)
class Taken:
    """``uses`` counts this use: 1 is the first."""

    value: Any
    uses: int


class ShortLived(Protocol):
    """Raises ``Unavailable`` when its server doesn't answer.

    ``may_forget_uses`` tells that a replica may take over without the newest writes: what must not happen twice is
    decided in the database then.
    """

    may_forget_uses: bool

    def put(self, kind: str, key: str, value: Any, seconds: float) -> bool:
        """Keep a JSON value for that long; return whether the key was new. A live key keeps its old value."""

    def replace(self, kind: str, key: str, value: Any, seconds: float) -> None:
        """Keep a JSON value for that long, whatever was there; its uses start anew."""

    def get(self, kind: str, key: str) -> Any | None:
        """Return the live value without using it."""

    def take(self, kind: str, key: str) -> Taken | None:
        """Count a use and return the value with the count; None if there is none or it expired."""

    def drop(self, kind: str, key: str) -> None:
        """Forget the key."""

    def count(self, kind: str, key: str, seconds: float) -> int:
        """Add one to a counter that starts at its first use and lives that long; return the new count."""

    def peek(self, kind: str, key: str) -> int:
        """Return a counter without adding to it."""

    def sweep(self) -> int:
        """Remove expired entries; return how many."""

    def close(self) -> None:
        """Let go of connections."""
