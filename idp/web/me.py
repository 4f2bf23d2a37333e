"""A person's own pages: what they share, and the page of their data (UPD-03)."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, request

from idp.accounts.account import Account
from idp.accounts.session import Session
from idp.assurance.levels import Level, standing_now
from idp.flows.account.change import DataForm
from idp.kernel.refusal import Faulty, Refused
from idp.web import browser
from idp.web.entry import explained
from idp.web.pages import render

pages = Blueprint("me", __name__, url_prefix="/me")


@pages.before_request
def _signed_in_only() -> Response | None:
    return None if browser.account() is not None else to("/sign-in")


def to(path: str) -> Response:
    return redirect(path, 303)  # type: ignore[return-value]


def person() -> Account:
    account = browser.account()
    if account is None:
        abort(401)
    return account


def session() -> Session:
    present = browser.session()
    if present is None:
        abort(401)
    return present


def done() -> bool:
    """Whether the page follows a change that was saved."""
    return request.args.get("done") == "yes"


def number_of_page() -> int:
    """Return which page of a list is asked for, counted from one; nonsense is the first."""
    number = request.args.get("page", "1")
    return int(number) if number.isascii() and number.isdigit() and 0 < int(number) < 1000 else 1


def page(template: str, section: str, refused: Refused | None = None, **context: Any) -> Response:
    """Render a page of the cabinet; a refusal is explained by field, and the answer is 400."""
    errors = explained(refused) if refused is not None else {}
    if refused is not None and not isinstance(refused, Faulty):
        errors = {context.pop("field", ""): errors[""]}
    context.pop("field", None)
    return render(template, 400 if refused else 200, section=section, errors=errors, done=done(), **context)


def _level(account: Account) -> Level | None:
    stands = standing_now(browser.flows().evidence.of(account.id), browser.flows().now())
    return stands.level if stands else None


@pages.route("/data", methods=["GET", "POST"])
def data() -> Response:
    """A form that leaves a field out leaves it as it is: at the full level only the language can be sent (Q-10)."""
    account, held = person(), _level(person())
    names = ("family_name", "given_name", "middle_name", "birthdate", "gender", "locale")
    kept = {
        "family_name": account.name.family,
        "given_name": account.name.given,
        "middle_name": account.name.middle,
        "birthdate": account.birthdate.isoformat() if account.birthdate else "",
        "gender": account.gender.value if account.gender else "",
        "locale": account.locale,
    }
    if request.method == "GET":
        heard = browser.flows().tell_of_fall.heard(account.id)
        return page("me_data.html", "data", kept=kept, level=held, heard=heard)
    kept |= {name: request.form[name][:200] for name in names if name in request.form}
    try:
        browser.flows().change_data(account, DataForm(**kept, lower=bool(request.form.get("lower"))))
    except Refused as refused:
        field = "lower" if refused.code == "data.lowers" else ""
        return page("me_data.html", "data", refused, field=field, kept=kept, level=held)
    browser.flows().tell_of_fall.tell(account.id)
    return to("/me/data?done=yes")


@pages.route("/login", methods=["GET", "POST"])
def login() -> Response:
    account = person()
    if request.method == "POST":
        try:
            browser.flows().choose_login(account.id, request.form.get("login", ""))
            return to("/me/data?done=yes")
        except Refused as refused:
            return page("me_login.html", "data", refused, field="login", typed=request.form.get("login", ""))
    return page("me_login.html", "data", typed=account.login if account.login_chosen else "")
