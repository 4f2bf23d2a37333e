"""Names of persons: one spelling, sensible signs, sensible length."""

import re
import unicodedata

from idp.accounts.account import Name
from idp.kernel.refusal import Fault, Refused, taken

#: Letters of any one person's alphabet, joined by hyphens, apostrophes, dots and single spaces.
_NAME = re.compile(r"[^\W\d_]+(?:[ \-'’.]{1,2}[^\W\d_]+)*[.’']?")


def parse_name(text: str, field: str, required: bool = True) -> str:
    """Return a surname, name or patronymic in the form that is kept; ``field`` names the code of what is missing."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        if required:
            raise Refused(f"{field}.missing")
        return ""
    if len(name) > 60:
        raise Refused("name.too_long")
    if not _NAME.fullmatch(name):
        raise Refused("name.signs")
    letters = [sign for sign in name if sign.isalpha()]
    if len({_script(sign) for sign in letters}) > 1:
        raise Refused("name.mixed_alphabets")
    return name


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").partition(" ")[0]


def name_of(faults: list[Fault], family: str, given: str, middle: str) -> Name:
    """Return the name that a form holds; what is wrong with a part is a fault of its field."""
    return Name(
        taken(faults, "family_name", lambda: parse_name(family, "family_name")),
        taken(faults, "given_name", lambda: parse_name(given, "given_name")),
        taken(faults, "middle_name", lambda: parse_name(middle, "middle_name", required=False)),
    )
