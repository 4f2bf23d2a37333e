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


def standing(evidence: Iterable[Evidence], at: datetime) -> Standing | None:
    """Return the highest rung that live evidence supports at the given moment, and what supports it."""
    live = [item for item in evidence if item.is_live(at)]
    for level in reversed(Level):
        for item in live:
            if item.kind in HOLDS[level]:
                return Standing(level, item)
    return None
