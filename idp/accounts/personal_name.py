"""Names of persons: one spelling, sensible signs, sensible length."""

import re
import unicodedata

from idp.kernel.refusal import Refused

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
