"""A birth date as people write it, and which dates nobody can have been born on."""

import re
from datetime import date

from idp.kernel.refusal import Refused

_OLDEST = 130
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
#: Day, month, year, as Russians write them; between them dots, spaces, slashes or hyphens.
_WRITTEN = re.compile(r"(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4})(?:\s*г\.?)?")


def parse_birthdate(text: str, today: date) -> date:
    """Return the date of ``2001-02-28`` or ``28.02.2001``; refuse one that isn't in the calendar or can't be."""
    text = text.strip()
    if not text:
        raise Refused("birthdate.missing")
    iso, written = _ISO.fullmatch(text), _WRITTEN.fullmatch(text)
    try:
        if iso is not None:
            born = date(int(iso[1]), int(iso[2]), int(iso[3]))
        elif written is not None:
            born = date(int(written[3]), int(written[2]), int(written[1]))
        else:
            raise Refused("birthdate.malformed")
    except ValueError as error:
        raise Refused("birthdate.malformed") from error
    if born > today or born.year < today.year - _OLDEST:
        raise Refused("birthdate.impossible")
    return born
