"""Somebody who isn't registered yet, and what they type."""

from dataclasses import dataclass
from itertools import count

_NUMBERS = count(1)


@dataclass(frozen=True)
class Newcomer:
    """Each has a mailbox and a number of their own."""

    email: str
    phone: str
    given_name: str = "Пётр"
    family_name: str = "Новиков"
    middle_name: str = "Ильич"
    password: str = "Sirenevy-sad-26"

    @classmethod
    def fresh(cls) -> "Newcomer":
        number = next(_NUMBERS)
        return cls(f"novikov{number}@gorod.test", f"916000{number:04}")

    @property
    def number(self) -> str:
        return f"+7{self.phone}"

    @property
    def name(self) -> str:
        return f"{self.family_name} {self.given_name} {self.middle_name}"

    def form(self) -> dict[str, str | bool]:
        """What must be filled in, and the patronymic."""
        return {
            "family_name": self.family_name,
            "given_name": self.given_name,
            "middle_name": self.middle_name,
            "email": self.email,
            "phone": self.phone,
            "password": self.password,
            "password2": self.password,
            "agreement": True,
        }
