"""The only place that asks what time it is. Wiring hands ``utc_now`` to whatever needs a clock."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def epoch() -> float:
    """Return the seconds since the epoch, for stores that count in them."""
    return utc_now().timestamp()


def from_timestamp(seconds: float) -> datetime:
    """Return the moment that many seconds after the epoch, aware, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
