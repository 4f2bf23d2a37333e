"""Numbers that identify a person: SNILS, its one spelling, its check digits, its masked form."""

import re
import unicodedata
from dataclasses import dataclass, field

from idp.kernel.refusal import Refused

#: Under what name the number is kept among a person's sealed data.
SNILS = "snils"
#: What people put between the digits: spaces of every kind, hyphens and dashes of every kind, dots.
_BETWEEN = re.compile(r"[\s.\u00ad\u2010-\u2015\u2212-]+")
_WRITTEN = re.compile(r"\d{3}[\s-]\d{3}[\s-]\d{3}[\s-]\d{2}")
#: Up to this number SNILS were given out without check digits.
_LAST_UNCHECKED = 1_001_998


@dataclass(frozen=True, slots=True)
class Snils:
    """Eleven digits. Printed, it is masked: a log or a traceback must not tell somebody's number."""

    digits: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Snils":
        """Take the number as people write it; refuse what can't be one, each fault by a code of its own."""
        digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", text.strip()[:60]))
        if not digits:
            raise Refused("snils.missing")
        if not (digits.isascii() and digits.isdigit()):
            raise Refused("snils.signs")
        if len(digits) != 11:
            raise Refused("snils.length", number=len(digits))
        if not int(digits[:9]):
            raise Refused("snils.zeros")
        if int(digits[:9]) > _LAST_UNCHECKED and digits[9:] != check_digits(digits[:9]):
            raise Refused("snils.check_digits")
        return cls(digits)

    @property
    def written(self) -> str:
        """Return ``112-233-445 95``."""
        return f"{self.digits[:3]}-{self.digits[3:6]}-{self.digits[6:9]} {self.digits[9:]}"

    @property
    def masked(self) -> str:
        """Return ``112-•••-••• 95``."""
        return f"{self.digits[:3]}-•••-••• {self.digits[9:]}"

    def __str__(self) -> str:
        return self.masked


def check_digits(number: str) -> str:
    """Return the two check digits of nine digits: weights 9 to 1, modulo 101, and 100 counts as 00."""
    total = sum(int(digit) * weight for digit, weight in zip(number, range(9, 0, -1), strict=True))
    return f"{total % 101 % 100:02d}"


def looks_like_snils(text: str) -> bool:
    """Tell whether somebody wrote it as SNILS are written, and not as telephone numbers are."""
    return _WRITTEN.fullmatch(text.strip()) is not None
