"""The life of a signing key: announced, current, retired, gone. Computed from its times, never stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """``next`` is published and not yet used; ``retired`` is published and used no more; ``gone`` is neither."""

    NEXT = "next"
    CURRENT = "current"
    RETIRED = "retired"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and its times. It signs from ``starts_at`` until the next of its algorithm starts."""

    kid: str
    alg: str
    announced_at: datetime
    starts_at: datetime
    jwk: dict[str, Any] = field(repr=False, hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class Life:
    """A key with its phase at one moment, and the moments to come; None while no successor is announced."""

    key: SigningKey
    phase: Phase
    ends_at: datetime | None
    gone_at: datetime | None


def lives(keys: Iterable[SigningKey], at: datetime, retire: timedelta) -> list[Life]:
    """Return every key with its phase, by algorithm, the newest first."""
    told: list[Life] = []
    successors: dict[str, datetime] = {}
    for key in sorted(keys, key=lambda item: (item.starts_at, item.announced_at), reverse=True):
        ends_at = successors.get(key.alg)
        gone_at = ends_at + retire if ends_at is not None else None
        told.append(Life(key, _phase(key, ends_at, gone_at, at), ends_at, gone_at))
        successors[key.alg] = key.starts_at
    return sorted(told, key=lambda life: life.key.alg)


def _phase(key: SigningKey, ends_at: datetime | None, gone_at: datetime | None, at: datetime) -> Phase:
    if gone_at is not None and gone_at <= at:
        return Phase.GONE
    if ends_at is not None and ends_at <= at:
        return Phase.RETIRED
    return Phase.CURRENT if key.starts_at <= at else Phase.NEXT


def current(keys: Sequence[SigningKey], alg: str, at: datetime) -> SigningKey | None:
    """Return the key that signs now; the first that will, while none has started."""
    mine = sorted((key for key in keys if key.alg == alg), key=lambda item: (item.starts_at, item.announced_at))
    started = [key for key in mine if key.starts_at <= at]
    return started[-1] if started else (mine[0] if mine else None)


def next_change(keys: Iterable[SigningKey], at: datetime, retire: timedelta) -> datetime | None:
    """Return the next moment at which any phase changes."""
    moments = [
        moment
        for life in lives(keys, at, retire)
        for moment in (life.key.starts_at, life.ends_at, life.gone_at)
        if moment is not None and moment > at
    ]
    return min(moments, default=None)
