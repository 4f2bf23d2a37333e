"""Security: the checklist, the password, the control question (REC-05, REC-07)."""

from flask import Response, request

from idp.accounts.protection import checklist
from idp.flows.login.finish import Attempt
from idp.kernel.refusal import Refused
from idp.web import browser
from idp.web.me import page, pages, person, session, to


@pages.get("/security")
def security() -> Response:
    flows, account = browser.flows(), person()
    contacts = flows.accounts.contacts(account.id)
    return page(
        "me_security.html",
        "security",
        items=checklist(account, contacts),
        contacts=[contact for contact in contacts if contact.current],
        sessions=len(flows.devices.live(account.id)),
    )


@pages.route("/security/password", methods=["GET", "POST"])
def change_password() -> Response:
    form, flows = request.form, browser.flows()
    if request.method == "GET":
        return page("me_password.html", "security")
    try:
        changed = flows.change_password(
            person(), session().id, form.get("present", ""), form.get("password", ""), form.get("password2", "")
        )
    except Refused as refused:
        return page("me_password.html", "security", refused, field="present")
    # The person just proved the password; whoever else held this session's cookie is left with a dead one.
    attempt = Attempt(browser.address(), browser.agent(), present=session())
    started = flows.finish_login(changed, ("pwd",), attempt)
    return browser.remember(to("/me/security?done=yes"), started)


@pages.route("/security/question", methods=["GET", "POST"])
def set_question() -> Response:
    form, account = request.form, person()
    question = form.get("question", account.question)[:1000]
    if request.method == "GET":
        return page("me_question.html", "security", question=question)
    try:
        browser.flows().set_question(account, form.get("question_present", ""), question, form.get("answer", ""))
    except Refused as refused:
        return page("me_question.html", "security", refused, field="question_present", question=question)
    return to("/me/security?done=yes")
