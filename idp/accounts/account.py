"""The account: one person, one lasting identifier. Its level is never stored here, see ``assurance.levels``."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True)
class Name:
    family: str
    given: str
    middle: str = ""

    @property
    def full(self) -> str:
        """Return surname, name and patronymic, as Russian documents order them."""
        return " ".join(part for part in (self.family, self.given, self.middle) if part)

    @property
    def short(self) -> str:
        """Return name and surname, as the bar of every page shows them."""
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Account:
    """``id`` is also the public ``sub``: it outlives every change and is never given again (OID-04).

    ``login`` is the own login or, while none is chosen, the e-mail (SIM-25); ``login_chosen`` tells which.
    """

    id: str
    login: str
    login_chosen: bool
    name: Name
    password_hash: str
    created_at: datetime
    updated_at: datetime
    gender: Gender | None = None
    birthdate: date | None = None
    locale: str = "ru"
    question: str = ""
    answer_hash: str = ""
    password_changed_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def password_mark(self) -> float:
        """Tells one password of the account from the next; no secret, so it may be kept anywhere."""
        return self.password_changed_at.timestamp() if self.password_changed_at else 0.0
