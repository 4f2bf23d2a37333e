"""Signing out: from our own pages, and at a portal's request."""

from urllib.parse import urlencode

from flask import Blueprint, Response, g, redirect, request

from idp.flows.end_session import LogoutRequest
from idp.flows.logout import Told
from idp.protocol.requests import MalformedRequest
from idp.protocol.response_modes import origin
from idp.web import browser
from idp.web.pages import render
from idp.web.reading import parameters

pages = Blueprint("end_session", __name__)
#: Servers and browsers take addresses up to some eight thousand signs.
_LONGEST_ADDRESS = 8000
#: What the question passes on to its answer, where it is judged anew.
_PASSED_ON = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales")


@pages.route("/end_session", methods=["GET", "POST"])
def end_session() -> Response:
    """A portal's request. With a genuine hint of the session in this browser it is done at once; else we ask.

    With a registered ``post_logout_redirect_uri`` the person goes straight back; without one they see every portal.
    A POST from another site comes without our cookies (SameSite), so it is repeated as a GET that has them.
    """
    form = parameters()
    session = browser.session()
    if request.method == "POST" and session is None:
        again = "/end_session?" + urlencode(form.pairs)
        if len(again) > _LONGEST_ADDRESS:
            raise MalformedRequest("the request is too long")
        return redirect(again, 303)  # type: ignore[return-value]
    g.ui_locales = tuple(form.text("ui_locales").split())
    asked = browser.flows().read_logout_request(form)
    if session is None or asked.sid == session.id:
        # Nobody is signed in here, or the hint is of this very session: no question is needed.
        return _leave(session.id if session is not None else asked.sid, asked)
    return render(
        "sign_out.html",
        form_action=[origin(asked.return_to)] if asked.return_to else [],
        asked=asked,
        passed_on=[(name, form.text(name)) for name in _PASSED_ON if name in form],
        portal=asked.client,
    )


@pages.post("/sign-out")
def sign_out() -> Response:
    """The bar's button, and the answer to our question; protected against other sites' forms."""
    session = browser.session()
    return _leave(session.id if session is not None else "", browser.flows().read_logout_request(parameters()))


def _leave(sid: str, asked: LogoutRequest) -> Response:
    """End the session, if there is one, and lead back where a genuine request wants it."""
    told: list[Told] = browser.flows().end_sessions.one(sid) if sid else []
    browser.leave()
    if asked.return_to:
        return browser.forget(redirect(asked.return_to, 303))  # type: ignore[arg-type]
    return browser.forget(render("signed_out.html", told=told, asked=asked, portal=None))
