"""Recovery of a forgotten login or password; every answer is the same whether or not somebody was found."""

from flask import Blueprint, Response, request

from idp.accounts.one_time_code import typed
from idp.accounts.throttle import TooMany
from idp.kernel.refusal import Faulty, Refused
from idp.web import browser
from idp.web.entry import entry_page, explained, of_code, to

pages = Blueprint("recovery", __name__, url_prefix="/recovery")


@pages.get("/login")
def login_page() -> Response:
    return entry_page("recovery_login.html", errors={}, contact="", sent=request.args.get("sent") == "yes")


@pages.post("/login")
def remind() -> Response:
    contact = request.form.get("contact", "")[:320]
    try:
        browser.flows().recover_login(contact, browser.locale(), browser.address())
    except Refused as refused:
        status = 429 if isinstance(refused, TooMany) else 400
        errors = {"contact": explained(refused)[""]}
        return entry_page("recovery_login.html", status, errors=errors, contact=contact, sent=False)
    return to("/recovery/login", sent="yes")


@pages.get("/password")
def password_page() -> Response:
    return entry_page("recovery_password.html", errors={}, contact="", login="")


@pages.post("/password")
def begin() -> Response:
    contact, login = request.form.get("contact", "")[:320], request.form.get("login", "")[:320]
    try:
        page = request.form.get("csrf_token", "")
        secret = browser.flows().recover_password.begin(contact, login, browser.locale(), browser.address(), page)
    except Refused as refused:
        status = 429 if isinstance(refused, TooMany) else 400
        errors = {"contact": explained(refused)[""]}
        return entry_page("recovery_password.html", status, errors=errors, contact=contact, login=login)
    response = to("/recovery/code")
    seconds = browser.flows().settings.limits.recovery_seconds
    browser.set_cookie(response, "city-recovery", secret, seconds)
    return response


@pages.route("/code", methods=["GET", "POST"])
def code() -> Response:
    secret, recover = browser.cookie("city-recovery"), browser.flows().recover_password
    errors: dict[str, str] = {}
    try:
        state = recover.state(secret)
        if request.method == "POST":
            try:
                recover.prove(secret, typed(request.form.get("code", "")))
                return to("/recovery/new-password")
            except Refused as refused:
                if refused.code == "recovery.expired":
                    raise
                errors = of_code(refused)
    except Refused:
        return entry_page("recovery_expired.html", 410)
    if state.proved and not errors:
        return to("/recovery/new-password")
    sent = request.args.get("sent") == "yes" and not errors
    return entry_page("recovery_code.html", 400 if errors else 200, errors=errors, state=state, sent=sent)


@pages.route("/code/again", methods=["GET", "POST"])
def again() -> Response:
    """A new code to the same contact; by GET, as the language switch comes back, only the page."""
    secret, recover = browser.cookie("city-recovery"), browser.flows().recover_password
    try:
        if request.method == "POST":
            recover.again(secret, browser.locale())
            return to("/recovery/code", sent="yes")
    except Refused as refused:
        if refused.code == "recovery.expired":
            return entry_page("recovery_expired.html", 410)
        status = 429 if isinstance(refused, TooMany) else 400
        state = recover.state(secret)
        return entry_page("recovery_code.html", status, errors={"": explained(refused)[""]}, state=state, sent=False)
    return to("/recovery/code")


@pages.route("/new-password", methods=["GET", "POST"])
def new_password() -> Response:
    secret, recover = browser.cookie("city-recovery"), browser.flows().recover_password
    errors: dict[str, str] = {}
    try:
        state = recover.state(secret)
        if not state.proved:
            return to("/recovery/code")
        if request.method == "POST":
            try:
                form = request.form
                recover.finish(secret, form.get("password", ""), form.get("password2", ""), form.get("answer", ""))
                return browser.forget(to("/recovery/done"))
            except Faulty as faulty:
                errors = explained(faulty)
            except Refused as refused:
                if refused.code == "recovery.expired":
                    raise
                errors = {"answer": explained(refused)[""]}
    except Refused:
        return entry_page("recovery_expired.html", 410)
    return entry_page("recovery_new_password.html", 400 if errors else 200, errors=errors, state=state)


@pages.get("/done")
def done() -> Response:
    return entry_page("recovery_done.html")
