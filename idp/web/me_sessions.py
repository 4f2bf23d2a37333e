"""Devices and sessions, and the journal of sign-ins (CAB-48, CAB-50): see where one is signed in, end one or all."""

from flask import Response, abort, request

from idp.web import browser
from idp.web.me import number_of_page, page, pages, person, session, to

_PAGE = 20
#: What a page says once it is done; anything else in the address says nothing.
_ENDED = ("one", "others")


@pages.get("/security/sessions")
def sessions() -> Response:
    present = session().id
    devices = sorted(browser.flows().devices.live(person().id), key=lambda device: device.session.id != present)
    ended = request.args.get("ended", "")
    return page("me_sessions.html", "security", devices=devices, ended=ended if ended in _ENDED else "")


@pages.route("/security/sessions/<session_id>/end", methods=["GET", "POST"])
def end_session(session_id: str) -> Response:
    """End one of the person's own; by GET, as the language switch comes back, only the page."""
    if request.method == "GET":
        return to("/me/security/sessions")
    flows = browser.flows()
    found = flows.sessions.get(session_id)
    if found is None or found.account_id != person().id:
        abort(404)
    flows.end_sessions.one(session_id, "ended_elsewhere")
    return to("/me/security/sessions?ended=one")


@pages.route("/security/sessions/end-others", methods=["GET", "POST"])
def end_others() -> Response:
    if request.method == "POST":
        browser.flows().end_sessions.account(person().id, session().id, "ended_elsewhere")
        return to("/me/security/sessions?ended=others")
    return to("/me/security/sessions")


@pages.get("/security/sign-ins")
def sign_ins() -> Response:
    number = number_of_page()
    found = browser.flows().devices.sign_ins(person().id, _PAGE + 1, (number - 1) * _PAGE)
    return page("me_sign_ins.html", "security", lines=found[:_PAGE], number=number, more=len(found) > _PAGE)
