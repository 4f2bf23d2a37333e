"""Evidence: one dated fact that holds a person on a rung. Added and ended, never changed (GEN-14)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    EMAIL = "email"
    PENSION_FUND = "pension_fund"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Evidence:
    """``reference`` names what was checked, ``by`` who checked it (``system`` or an operator and centre)."""

    kind: Kind
    reference: str
    since: datetime
    by: str = "system"
    until: datetime | None = None

    def is_live(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)
