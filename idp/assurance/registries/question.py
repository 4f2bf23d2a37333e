"""A question to a registry: what is asked, what came of it, when to look after it again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from idp.assurance.registries.registry import Answer, Person

PENSION_FUND = "pension_fund"


class Outcome(StrEnum):
    """How a question closed. Only ``MATCH`` changes anything."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"
    #: The fund matched this person, and another account holds the number (D-13).
    TAKEN = "taken"
    #: The data that were asked about have changed since, or the person took the question back.
    WITHDRAWN = "withdrawn"
    #: No answer came for as long as we ask.
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Question:
    """``person`` is None once the question has closed: what was asked about is forgotten; or while it can't be read."""

    id: str
    account_id: str
    asked_of: str
    request_id: str
    asked_at: datetime
    due_at: datetime
    person: Person | None = None
    ticket: str = ""
    outcome: Outcome | None = None
    reference: str = ""
    attempts: int = 0
    failing_since: datetime | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


def pause(answer: Answer, attempts: int) -> timedelta:
    """Return how long to leave the registry alone: as it wishes, else longer each time, up to 15 minutes."""
    if answer.after:
        return timedelta(seconds=min(86_400.0, answer.after))
    return timedelta(seconds=min(900.0, 5.0 * 2 ** min(attempts, 10)))
