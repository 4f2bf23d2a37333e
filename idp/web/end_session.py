"""Signing out: from our own pages, and at a portal's request."""

from flask import Blueprint, Response, redirect, request

from idp.flows.end_session import LogoutRequest
from idp.flows.logout import Told
from idp.protocol.requests import Form, parse
from idp.web import browser
from idp.web.pages import render

pages = Blueprint("end_session", __name__)


@pages.route("/end_session", methods=["GET", "POST"])
def end_session() -> Response:
    """A portal's request. With a genuine hint of the session in this browser it is done at once; else we ask.

    With a registered ``post_logout_redirect_uri`` the person goes straight back; without one they see every portal.
    A POST from another site comes without our cookies (SameSite), so it is repeated as a GET that has them.
    """
    encoded = request.get_data(cache=False) if request.method == "POST" else request.query_string
    form: Form = parse(encoded, browser.flows().settings.limits.form_parameters)
    if request.method == "POST" and browser.session() is None and "again" not in request.args:
        return redirect("/end_session?" + encoded.decode("ascii", "replace"), 303)  # type: ignore[return-value]
    asked = browser.flows().read_logout_request(form)
    session = browser.session()
    if session is None or (asked.sid and asked.sid == session.id):
        # Nobody is signed in here, or the hint is of this very session: no question is needed.
        told = browser.flows().end_sessions.one(session.id) if session is not None else _end_hinted(asked)
        if asked.return_to:
            return browser.forget(redirect(asked.return_to, 303))  # type: ignore[arg-type]
        return _signed_out(told, asked)
    return render("sign_out.html", asked=asked, portal=asked.client)


def _end_hinted(asked: LogoutRequest) -> list[Told]:
    """The hint is genuine, but this browser has no session: end the one that it names, if it still lives."""
    return browser.flows().end_sessions.one(asked.sid) if asked.sid else []


@pages.post("/sign-out")
def sign_out() -> Response:
    """The bar's button, and the answer to our question; protected against other sites' forms."""
    session = browser.session()
    told = browser.flows().end_sessions.one(session.id) if session is not None else []
    return _signed_out(told, LogoutRequest())


def _signed_out(told: list[Told], asked: LogoutRequest) -> Response:
    browser.leave()
    return browser.forget(render("signed_out.html", told=told, asked=asked, portal=None))
