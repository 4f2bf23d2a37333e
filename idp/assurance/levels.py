"""The ladder of a person's access levels: what holds each rung, and who stands where.

A level is computed from evidence and never stored by itself: to grant is to add evidence, to lower is to end it.
Acting for an organisation is not a rung: it is a context of the session, see ``acr``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from idp.assurance.evidence import Evidence, Kind


class Level(StrEnum):
    """In rising order (GEN-07); compare by ``rank``."""

    SIMPLIFIED = "simplified"
    STANDARD = "standard"
    FULL = "full"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


#: Any one of these kinds holds a person on the rung (decree 23-PP, appendices 1 to 3).
HOLDS = {
    Level.FULL: frozenset({Kind.VISIT}),
    Level.STANDARD: frozenset({Kind.PENSION_FUND}),
    Level.SIMPLIFIED: frozenset({Kind.EMAIL}),
}


@dataclass(frozen=True, slots=True)
class Standing:
    level: Level
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a level's history (GEN-14): evidence began or ended, and where the person stood from then on."""

    at: datetime
    evidence: Evidence
    began: bool
    level: Level | None


def changes(evidence: Iterable[Evidence]) -> list[Change]:
    """Return the history, newest first. What was replaced at the same moment by its like has not ended."""
    known = list(evidence)
    found = []
    for item in known:
        found.append((item.since, item, True))
        if item.until is not None and not any(other.kind is item.kind and other.since == item.until for other in known):
            found.append((item.until, item, False))
    found.sort(key=lambda entry: entry[0], reverse=True)
    held = ((at, item, began, standing(known, at)) for at, item, began in found)
    return [Change(at, item, began, stands.level if stands else None) for at, item, began, stands in held]


def standing(evidence: Iterable[Evidence], at: datetime) -> Standing | None:
    """Return the highest rung that live evidence supports at the given moment, and what supports it."""
    live = [item for item in evidence if item.is_live(at)]
    for level in reversed(Level):
        for item in live:
            if item.kind in HOLDS[level]:
                return Standing(level, item)
    return None


def standing_now(evidence: Iterable[Evidence], at: datetime) -> Standing | None:
    """The same for whoever asks as of now. What was proved "later", before the clock was put back or by a machine whose
    clock is ahead, is proved: a level must not hide for an hour, least of all from whoever would end it."""
    known = list(evidence)
    return standing(known, max((item.since for item in known if item.since > at), default=at))
