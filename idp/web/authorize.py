"""The authorization endpoint's door: GET and POST in, a redirect, a self-posting form or a page out."""

from flask import Blueprint, Response, redirect, request

from idp.clients.client import Client
from idp.flows.authorize.authorize import Elsewhere, Over, Wait
from idp.flows.authorize.check_request import Untrusted
from idp.flows.authorize.context import Page, Present
from idp.kernel.refusal import Refused
from idp.protocol.errors import OAuthError
from idp.protocol.requests import Form
from idp.protocol.response_modes import Answer, ResponseMode
from idp.web import browser
from idp.web.entry import onward, to, transaction
from idp.web.errors import error_page
from idp.web.pages import render
from idp.web.reading import parameters

pages = Blueprint("authorize", __name__)
_PATHS = {
    Page.SIGN_IN: "/sign-in",
    Page.SIGN_UP: "/sign-up",
    Page.CONFIRM_FIRST: "/me/contacts",
    Page.STEP_UP: "/step-up",
    Page.CONSENT: "/consent",
}


def present() -> Present:
    navigating = request.headers.get("Sec-Fetch-Mode") == "navigate"
    return Present(browser.session(), browser.account(), navigating, browser.mark())


@pages.get("/authorize")
def authorize() -> Response:
    sent = parameters()
    try:
        return send(browser.flows().authorize.start(sent, present()))
    except Refused as refused:
        return trouble(refused, sent)


@pages.post("/authorize")
def authorize_by_post() -> Response:
    """Another site's POST comes without our cookies (SameSite): keep it, and look again by GET."""
    sent = parameters()
    try:
        waiting = browser.flows().authorize.keep(sent)
    except Refused as refused:
        return trouble(refused, sent)
    return redirect(f"/authorize/resume?tx={waiting.id}", 303)  # type: ignore[return-value]


@pages.get("/authorize/resume")
def resume() -> Response:
    try:
        return send(browser.flows().authorize.resume(request.args.get("tx", ""), present()))
    except Refused as refused:
        return trouble(refused)


@pages.get("/authorize/decline")
def decline() -> Response:
    """The way back to the portal without doing what is asked; only the transaction's holder knows its id."""
    try:
        return send(browser.flows().authorize.decline(request.args.get("tx", ""), present()))
    except Refused as refused:
        return trouble(refused)


def past(page: Page) -> Response | None:
    """Return where somebody goes who is signed in already and opened a page of an earlier step (another tab, the back
    button); None where the page is due."""
    waiting = transaction()
    if browser.account() is None:
        return None
    if waiting is None:
        return to(onward())
    try:
        context = browser.flows().authorize.inspect(waiting.id, present())
    except Refused as refused:
        return trouble(refused)
    return None if context.page is page else to(f"/authorize/resume?tx={waiting.id}")


def send(result: Answer | Wait) -> Response:
    """Turn a flow's result into what the browser gets."""
    if isinstance(result, Wait):
        return redirect(f"{_PATHS[result.page]}?tx={result.transaction.id}", 303)  # type: ignore[return-value]
    if result.mode is not ResponseMode.FORM_POST:
        response = redirect(result.location, 303)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response  # type: ignore[return-value]
    return render("form_post.html", form_action=[result.origin], answer=result)


def trouble(refused: Refused, sent: Form | None = None) -> Response:
    """A page for what can't be redirected; it leads to the portal's own front page where we know the portal."""
    if isinstance(refused, Elsewhere):
        return redirect(f"/waiting/{refused.step_up}", 303)  # type: ignore[return-value]
    flows = browser.flows()
    portal: Client | None = None
    if isinstance(refused, Over) and refused.client_id:
        portal = flows.clients.get(refused.client_id)
    elif isinstance(refused, Untrusted) and sent is not None and refused.code != "authorize.unknown_client":
        portal = flows.clients.get(sent.text("client_id"))
    if isinstance(refused, OAuthError):
        return error_page("malformed", 400, detail=str(refused))
    if not isinstance(refused, Over | Untrusted):
        raise refused
    return error_page(refused.code, 400, portal=portal)
