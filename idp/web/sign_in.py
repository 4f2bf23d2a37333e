"""Sign in by name and password; sign in again where the portal asks for it."""

from flask import Blueprint, Response, g, request

from idp.accounts.throttle import TooMany
from idp.flows.authorize.context import Page
from idp.flows.login.finish import Attempt
from idp.flows.login.password import ConfirmFirst
from idp.kernel.refusal import Refused
from idp.web import browser
from idp.web.authorize import past
from idp.web.entry import entry_page, explained, onward, to, transaction

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
def show() -> Response:
    """Somebody signed in already goes on, unless the portal asked for the person to sign in again."""
    waiting = transaction()
    return past(Page.SIGN_IN) or _page(name=waiting.login_hint if waiting else "")


@pages.post("/sign-in")
def sign_in() -> Response:
    name, password = request.form.get("login", ""), request.form.get("password", "")
    try:
        if not name.strip():
            raise Refused("sign_in.name_missing")
        if not password:
            raise Refused("sign_in.password_missing")
        started = browser.flows().password_login(name, password, _attempt())
    except ConfirmFirst as waiting:
        secret = browser.flows().continue_registration(waiting.registration, _tx())
        response = to("/sign-up/email")
        browser.set_cookie(response, "city-registration", secret, seconds=86_400)
        return response
    except TooMany as refused:
        return _page(name, refused, 429)
    except Refused as refused:
        return _page(name, refused, 400)
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


def _page(name: str, refused: Refused | None = None, status: int = 200) -> Response:
    errors: dict[str, str] = {}
    if refused is not None:
        field = {"sign_in.name_missing": "login", "sign_in.password_missing": "password"}.get(refused.code, "login")
        errors = {field: explained(refused)[""]}
        g.session_kept = True
    person = browser.account()
    return entry_page(
        "sign_in.html", status, name=name, errors=errors, again=person, shared=bool(request.form.get("shared"))
    )
