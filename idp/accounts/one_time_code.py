"""One-time codes as people type them."""

from idp.kernel.refusal import Refused


def typed(text: str) -> str:
    """Return the digits of a code however it was typed: spaces, a leading ``#`` and dashes don't matter."""
    code = "".join(sign for sign in text if sign not in " \t\u00a0#-")
    if not code:
        raise Refused("code.missing")
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        raise Refused("code.not_six_digits")
    return code


def mismatch(left: int) -> Refused:
    """Return what a wrong code is answered with, by how many tries it leaves; the last one makes the code void."""
    return Refused("code.wrong", number=left) if left > 0 else Refused("code.void")
