"""Sign in by name and password; sign in again where the portal asks for it."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from idp.accounts.throttle import TooMany
from idp.flows.authorize.context import Page
from idp.flows.login.finish import Attempt
from idp.flows.login.password import ConfirmFirst
from idp.kernel.refusal import Refused
from idp.web import browser
from idp.web.authorize import past
from idp.web.entry import entry_page, explained, onward, to, transaction
from idp.web.pages import words

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
def show() -> Response:
    """Somebody signed in already goes on, unless the portal asked for the person to sign in again."""
    waiting = transaction()
    return past(Page.SIGN_IN) or _page(name=waiting.login_hint if waiting else "")


@pages.post("/sign-in")
def sign_in() -> Response:
    name, password = request.form.get("login", ""), request.form.get("password", "")
    typed = {"login": ("sign_in.name_missing", name.strip()), "password": ("sign_in.password_missing", password)}
    missing = {field: str(words()(code)) for field, (code, text) in typed.items() if not text}
    if missing:
        return _page(name, missing, 400)
    try:
        started = browser.flows().password_login(name, password, _attempt())
    except ConfirmFirst as waiting:
        secret = browser.flows().continue_registration(waiting.registration, _tx())
        response = to("/sign-up/email")
        browser.set_cookie(response, "city-registration", secret, seconds=86_400)
        return response
    except TooMany as refused:
        return _page(name, {"password": explained(refused)[""]}, 429)
    except Refused as refused:
        return _page(name, {"password": explained(refused)[""]}, 400)
    response = to(onward())
    return browser.remember(response, started)


def _attempt() -> Attempt:
    return Attempt(
        address=browser.address(),
        agent=browser.agent(),
        shared_computer=bool(request.form.get("shared")),
        present=browser.session(),
    )


def _tx() -> str:
    waiting = transaction()
    return waiting.id if waiting else ""


def _page(name: str, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    return entry_page(
        "sign_in.html",
        status,
        name=name,
        errors=errors or {},
        again=browser.account(),
        shared=bool(request.form.get("shared")),
    )
