"""The password rule (SIM-05, Q-02, Q-05) and the control answer's normal form. Pure: see ``password_hash`` for Argon2.

A person's password has at least the set length, a Latin letter and a digit; special characters only from a list;
no spaces; none of the common ones. "Unique" in the decree means bound to one login (Q-02).
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from idp.kernel.refusal import Refused
from idp.kernel.settings import Passwords

SPECIAL = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """Return what guessers try first, in lower case and without the digits at the end."""
    return frozenset(files("idp.accounts").joinpath("common_passwords.txt").read_text(encoding="utf-8").split())


def require(password: str, rule: Passwords, own: Iterable[str] = ()) -> None:
    """Refuse a password that breaks the rule; ``own`` are words of the person's: names, login, e-mail."""
    if not password:
        raise Refused("password.missing")
    if len(password) < rule.min_length:
        raise Refused("password.too_short", length=rule.min_length, count=len(password))
    if len(password) > rule.max_length:
        raise Refused("password.too_long", length=rule.max_length)
    signs = set(password)
    if any(sign.isspace() for sign in signs):
        raise Refused("password.space")
    if not signs & _LATIN:
        raise Refused("password.no_latin")
    if not signs & _DIGITS:
        raise Refused("password.no_digit")
    if signs - _LATIN - _DIGITS - SPECIAL:
        raise Refused("password.foreign_sign", sign=min(signs - _LATIN - _DIGITS - SPECIAL))
    bare = password.lower().rstrip("0123456789!.")
    if bare in common() or password.lower() in common() or len(signs) < 4:
        raise Refused("password.common")
    for word in own:
        if len(word) >= 4 and bare == word.lower():
            raise Refused("password.own_name")


def canonical(password: str) -> str:
    """Return the form that is hashed: NFC, so that the same keys give the same password everywhere."""
    return unicodedata.normalize("NFC", password)


def normal_answer(answer: str) -> str:
    """Return the form of a control answer that is hashed: case, ё and spaces don't matter."""
    return " ".join(unicodedata.normalize("NFC", answer).casefold().replace("ё", "е").split())
