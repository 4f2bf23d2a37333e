"""Sign in by name and password; sign in again where the portal asks for it."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from idp.accounts.throttle import TooMany
from idp.flows.authorize.context import Page
from idp.flows.login.finish import Attempt
from idp.flows.login.who import normal
from idp.kernel.ids import digest
from idp.kernel.refusal import Refused
from idp.web import browser
from idp.web.authorize import past
from idp.web.contact_check import after_sign_in
from idp.web.entry import entry_page, explained, to, transaction
from idp.web.pages import words

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
def show() -> Response:
    """Somebody signed in already goes on, unless the portal asked for the person to sign in again."""
    waiting = transaction()
    account = browser.account()
    known = account.login if account else ""
    return past(Page.SIGN_IN) or _page(name=waiting.login_hint if waiting and waiting.login_hint else known)


@pages.post("/sign-in")
def sign_in() -> Response:
    name, password = request.form.get("login", ""), request.form.get("password", "")
    typed = {"login": ("sign_in.name_missing", name.strip()), "password": ("sign_in.password_missing", password)}
    missing = {field: str(words()(code)) for field, (code, text) in typed.items() if not text}
    if missing:
        return _page(name, missing, 400)
    try:
        started = browser.flows().password_login(name, password, _attempt())
    except TooMany as refused:
        return _page(name, {"password": explained(refused)[""]}, 429)
    except Refused as refused:
        if _registers(name):
            return to("/sign-up/email")
        return _page(name, {"password": explained(refused)[""]}, 400)
    return browser.remember(after_sign_in(started.session.account_id), started)


def _attempt() -> Attempt:
    return Attempt(
        address=browser.address(),
        agent=browser.agent(),
        shared_computer=bool(request.form.get("shared")),
        present=browser.session(),
    )


def _registers(name: str) -> bool:
    """Whether this very browser waits for this address to be confirmed: no level yet, so no session (rule 10).

    Only the browser that registered is led on. If the password alone did it, whoever registered a stranger's address
    would learn here whether that address has an account (D-02).
    """
    secret, flows = browser.cookie("city-registration"), browser.flows()
    found = flows.registrations.by_secret(digest(secret), flows.now()) if secret else None
    return found is not None and found.taken_at is None and normal(name)[1] == found.email


def _page(name: str, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    return entry_page(
        "sign_in.html",
        status,
        name=name,
        errors=errors or {},
        again=browser.account(),
        shared=bool(request.form.get("shared")),
    )
