"""The port to a registry: a question with a number of its own, an answer that may come at once, later, or never."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from idp.accounts.account import Account, Gender, Name
from idp.assurance.identifiers import Snils


class Verdict(StrEnum):
    """What a registry says. ``PENDING`` and ``UNAVAILABLE`` say nothing about the person (STD-15)."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"
    PENDING = "pending"
    UNAVAILABLE = "unavailable"

    @property
    def is_final(self) -> bool:
        return self not in (Verdict.PENDING, Verdict.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Answer:
    """``ticket`` is what to ask for later by; ``reference`` is the registry's own number of what it found.

    ``after`` is how many seconds the registry wants to be left alone, 0 if it didn't say; ``why`` is for the log.
    """

    verdict: Verdict
    reference: str = ""
    ticket: str = ""
    after: float = 0
    why: str = ""
    #: The registry doesn't know the ticket: the question must be sent anew.
    forgotten: bool = False
    #: It was the line that failed, not this one question: nobody else will be answered either.
    line_dead: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asked about, as the fund compares it: name, birth date and sex belong to the question (russia.md 12)."""

    name: Name
    birthdate: date
    gender: Gender
    snils: Snils

    @classmethod
    def of(cls, account: Account, snils: Snils) -> "Person | None":
        """Return the account's owner with this number, or None while birth date or sex aren't told."""
        if account.birthdate is None or account.gender is None:
            return None
        return cls(account.name, account.birthdate, account.gender, snils)

    def kept(self) -> dict[str, Any]:
        """Return it as a small document, for sealing."""
        return {
            "family": self.name.family,
            "given": self.name.given,
            "middle": self.name.middle,
            "birthdate": self.birthdate.isoformat(),
            "gender": self.gender.value,
            "snils": self.snils.digits,
        }

    @classmethod
    def from_kept(cls, kept: dict[str, Any]) -> "Person":
        return cls(
            Name(kept["family"], kept["given"], kept["middle"]),
            date.fromisoformat(kept["birthdate"]),
            Gender(kept["gender"]),
            Snils(kept["snils"]),
        )


class Registry(Protocol):
    """Asks one registry. A dead line is an answer, never an exception."""

    def ask(self, request_id: str, person: Person, seconds: float) -> Answer:
        """Send the question; sent again under the same number it is still one question."""

    def poll(self, request_id: str, ticket: str, seconds: float) -> Answer:
        """Ask what came of it."""
