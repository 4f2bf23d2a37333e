"""What the pension fund's twin knows of people, and its button: the answer that would come tomorrow comes now."""

import re
from itertools import count

import httpx

from tests.journeys.newcomer import Newcomer
from tests.journeys.town import Town

#: Nine digits that no record of the demo has.
_NUMBERS = count(610_000_001, 7)
BORN = "17.05.1980"


def new_snils() -> str:
    """Return a number with sound check digits (russia.md): the weighted sum of nine digits, modulo 101."""
    digits = f"{next(_NUMBERS):09}"
    check = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True)) % 101 % 100
    return f"{digits}{check:02}"


def insured(town: Town, newcomer: Newcomer, answers: str = "at_once") -> str:
    """Let the fund know the newcomer, and how its answer comes; return their number."""
    snils = new_snils()
    form = {
        "family_name": newcomer.family_name,
        "given_name": newcomer.given_name,
        "middle_name": newcomer.middle_name,
        "birthdate": "1980-05-17",
        "gender": "Male",
        "snils": snils,
        "answers": answers,
    }
    answer = httpx.post(f"{town.fund}records", data=form, trust_env=False, timeout=10)
    assert answer.headers["Location"].endswith("done=added")
    return snils


def answer_now(town: Town, snils: str) -> None:
    """Press the button beside the question about this number."""
    page = httpx.get(town.fund, trust_env=False, timeout=10).text
    ticket = re.search(rf'name="ticket" value="([^"]+)"(?:(?!</form>).)*{snils}', page, re.DOTALL)
    assert ticket, page
    pressed = httpx.post(f"{town.fund}answer", data={"ticket": ticket[1]}, trust_env=False, timeout=10)
    assert pressed.headers["Location"].endswith("done=told"), pressed.headers["Location"]
