"""Security: password, control question, sessions (REC-07, CAB-53 in part)."""

from flask import Response, abort, request

from idp.flows.login.finish import Attempt
from idp.kernel.refusal import Refused
from idp.web import browser
from idp.web.me import page, pages, person, session, to


@pages.get("/security")
def security() -> Response:
    return _page()


@pages.get("/security/password")
@pages.get("/security/question")
def back() -> Response:
    """Where the language switch leads from a form with faults."""
    return to("/me/security")


@pages.post("/security/password")
def change_password() -> Response:
    form, flows = request.form, browser.flows()
    try:
        flows.change_password(
            person(), session().id, form.get("present", ""), form.get("password", ""), form.get("password2", "")
        )
    except Refused as refused:
        return _page(refused, "present")
    # The person just proved the password; whoever else held this session's cookie is left with a dead one.
    attempt = Attempt(browser.address(), browser.agent(), present=session())
    started = flows.finish_login(person(), ("pwd",), attempt)
    return browser.remember(to("/me/security?done=yes"), started)


@pages.post("/security/question")
def set_question() -> Response:
    form = request.form
    try:
        browser.flows().set_question(
            person(), form.get("question_present", ""), form.get("question", ""), form.get("answer", "")
        )
    except Refused as refused:
        return _page(refused, "question_present")
    return to("/me/security?done=yes")


@pages.post("/security/sessions/<session_id>/end")
def end_session(session_id: str) -> Response:
    flows, account = browser.flows(), person()
    found = flows.sessions.get(session_id)
    if found is None or found.account_id != account.id:
        abort(404)
    flows.end_sessions.one(session_id)
    return to("/me/security?done=yes")


@pages.post("/security/sessions/end-others")
def end_others() -> Response:
    browser.flows().end_sessions.account(person().id, session().id)
    return to("/me/security?done=yes")


def _page(refused: Refused | None = None, field: str = "") -> Response:
    flows, account = browser.flows(), person()
    now = flows.now()
    live = [item for item in flows.sessions.of(account.id) if item.is_live(now)]
    return page(
        "me_security.html",
        "security",
        refused,
        field=field,
        live=live,
        question=request.form.get("question", account.question),
        contacts=[item for item in flows.accounts.contacts(account.id) if item.current],
    )
