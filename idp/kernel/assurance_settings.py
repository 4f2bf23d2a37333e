"""Settings of what waits for a level, and of what is told about how somebody was verified."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assurance:
    """What portals are told in ``verified_claims``: under whose rules people are verified here."""

    trust_framework: str = "ru_moscow_23pp"


@dataclass(frozen=True, slots=True)
class StepUp:
    """How long a sign-in that needs a higher level waits for it, and how long its portal surely remembers asking."""

    wait_days: int = 30
    state_minutes: int = 60
