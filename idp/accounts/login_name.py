"""The own login that a person may choose (GEN-10, Q-04): what it may look like."""

import re

from idp.kernel.refusal import Refused

_LOGIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]{2,39}")


def parse_login(text: str) -> str:
    """Return the login as typed; Latin letters, digits and ``._-``, a letter first: nothing like a SNILS or phone."""
    login = text.strip()
    if not login:
        raise Refused("login.missing")
    if len(login) < 3 or len(login) > 40:
        raise Refused("login.length", count=len(login))
    if not _LOGIN.fullmatch(login):
        raise Refused("login.signs")
    return login
