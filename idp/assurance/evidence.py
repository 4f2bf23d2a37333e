"""Evidence: one dated fact that holds a person on a rung. Added and ended, never changed (GEN-14)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    EMAIL = "email"
    PENSION_FUND = "pension_fund"
    VISIT = "visit"


class Source(StrEnum):
    """Whose word it is: a letter that came back to us, the fund's records, the workers of a centre."""

    LETTER = "letter"
    PENSION_FUND = "pension_fund"
    CENTRE = "centre"


#: Where each kind comes from unless it is said otherwise.
SOURCES = {Kind.EMAIL: Source.LETTER, Kind.PENSION_FUND: Source.PENSION_FUND, Kind.VISIT: Source.CENTRE}


class Ended(StrEnum):
    """Why evidence counts no more."""

    REPLACED = "replaced"
    DATA_CHANGED = "data_changed"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class Evidence:
    """``reference`` names what was checked, in the words of its source; ``by`` who checked it (``system``, or an
    operator and centre). ``ended`` tells why there is an ``until``."""

    kind: Kind
    reference: str
    since: datetime
    by: str = "system"
    until: datetime | None = None
    ended: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not self.source:
            object.__setattr__(self, "source", SOURCES[self.kind].value)

    def is_live(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)
