"""Raising a level by SNILS (appendix 2, clauses 6 to 10): number, birth date, sex, a page each, then the answer.

What was typed travels in the forms themselves, so nothing is stored before the person has asked to check it.
"""

from typing import Any

from flask import Response, abort, request

from idp.accounts.account import Account, Gender
from idp.accounts.birthdate import parse_birthdate
from idp.accounts.throttle import TooMany
from idp.assurance.identifiers import SNILS, Snils
from idp.assurance.levels import Level, Standing, standing_now
from idp.assurance.registries.question import PENSION_FUND, Outcome, Question
from idp.kernel.refusal import Refused
from idp.web import browser
from idp.web.entry import explained
from idp.web.me import pages, person, to
from idp.web.pages import render


@pages.get("/snils")
def snils() -> Response:
    """The first question; somebody who asked already sees how it stands, and nobody raises here what a centre gave."""
    account = person()
    asked, stands = _latest(account), _standing(account)
    if stands is None:
        return to("/me/contacts")
    if stands.level is Level.FULL:
        return to("/me")
    return to("/me/snils/answer") if asked is not None and asked.is_open else _number(account)


@pages.post("/snils/number")
def snils_number() -> Response:
    account = person()
    try:
        number = Snils.parse(_sent("snils"))
        _require_agreement(account)
    except Refused as refused:
        return _number(account, refused)
    return _birthdate(account, number)


@pages.post("/snils/birthdate")
def snils_birthdate() -> Response:
    account, snils = person(), _again()
    try:
        parse_birthdate(_sent("birthdate"), browser.flows().now().date())
    except Refused as refused:
        return _birthdate(account, snils, refused)
    return _sex(account, snils)


@pages.post("/snils/sex")
def snils_sex() -> Response:
    account, snils, flows = person(), _again(), browser.flows()
    try:
        born = parse_birthdate(_sent("birthdate"), flows.now().date())
    except Refused as refused:
        return _birthdate(account, snils, refused)
    try:
        if _sent("sex") not in frozenset(Gender):
            raise Refused("snils.sex_missing")
        flows.verifications.ask_for_snils(account, snils, born, Gender(_sent("sex")), bool(_sent("lower")))
    except TooMany:
        return _sex(account, snils, Refused("too_many_questions"))
    except Refused as refused:
        return _sex(account, snils, refused)
    # Another number may have ended a match: portals that were told more hear of it before the page goes on.
    flows.tell_of_fall.tell(account.id)
    return to("/me/snils/answer")


@pages.get("/snils/answer")
def snils_answer() -> Response:
    """How the newest question stands. Without a script the person looks again by the link; with one the page does."""
    account = person()
    asked = _latest(account)
    if asked is None or asked.outcome is Outcome.WITHDRAWN:
        return to("/me/snils")
    stands = _standing(account)
    return render(
        f"snils_{asked.outcome.value if asked.outcome else 'pending'}.html",
        asked=asked,
        state=state_of(asked),
        held=stands.level.rank + 1 if stands else 0,
        waiting=browser.flows().take_up.waiting(account.id),
    )


@pages.get("/snils/state")
def snils_state() -> Response:
    """What the page's script compares: one word."""
    return Response(state_of(_latest(person())), mimetype="text/plain")


@pages.post("/snils/withdraw")
def snils_withdraw() -> Response:
    browser.flows().verifications.withdraw_question(person().id)
    return to("/me/snils")


def state_of(asked: Question | None) -> str:
    if asked is None:
        return "none"
    return asked.outcome.value if asked.outcome else "failing" if asked.failing_since else "pending"


def _number(account: Account, refused: Refused | None = None) -> Response:
    kept = browser.flows().verifications.personal_data.of(account.id, SNILS)
    matched = Snils(kept.value) if kept is not None and kept.held else None
    field = "lower" if refused is not None and refused.code == "data.lowers" else "snils"
    return _question("snils_number.html", account, refused, field, matched=matched, typed=_sent("snils")[:60])


def _birthdate(account: Account, snils: Snils, refused: Refused | None = None) -> Response:
    known = account.birthdate.strftime("%d.%m.%Y") if account.birthdate else ""
    typed = _sent("birthdate")[:40] or known
    return _question("snils_birthdate.html", account, refused, "birthdate", snils=snils, typed=typed)


def _sex(account: Account, snils: Snils, refused: Refused | None = None) -> Response:
    chosen = _sent("sex") or (account.gender.value if account.gender else "")
    return _question(
        "snils_sex.html", account, refused, "sex", snils=snils, birthdate=_sent("birthdate")[:40], chosen=chosen
    )


def _question(template: str, account: Account, refused: Refused | None, field: str, **context: Any) -> Response:
    errors = {field: explained(refused)[""]} if refused is not None else {}
    stands = _standing(account)
    return render(
        template,
        400 if refused else 200,
        errors=errors,
        lower=_sent("lower"),
        held=stands.level.rank + 1 if stands else 0,
        **context,
    )


def _require_agreement(account: Account) -> None:
    stands = _standing(account)
    if stands is not None and stands.level is Level.STANDARD and not _sent("lower"):
        raise Refused("data.lowers")


def _again() -> Snils:
    """Return the number that the first page took and a later form carries; nobody but a tamperer sends a wrong one."""
    try:
        return Snils.parse(_sent("snils"))
    except Refused:
        abort(400)


def _sent(name: str) -> str:
    return request.form.get(name, "").strip()


def _latest(account: Account) -> Question | None:
    return browser.flows().verifications.questions.latest(account.id, PENSION_FUND)


def _standing(account: Account) -> Standing | None:
    return standing_now(browser.flows().evidence.of(account.id), browser.flows().now())
