"""The page where a person lets a portal have data, or doesn't."""

from flask import Blueprint, Response, redirect, request

from idp.flows.authorize.context import Context, Page
from idp.flows.authorize.interactions import asked_claims
from idp.kernel.refusal import Refused
from idp.protocol.scopes import OPENID
from idp.web import browser
from idp.web.authorize import present, trouble
from idp.web.entry import entry_page, transaction

pages = Blueprint("consent", __name__)


@pages.get("/consent")
def show() -> Response:
    try:
        context = _context()
    except Refused as refused:
        return trouble(refused)
    if context.page is not Page.CONSENT:
        return _on(context)
    account, client = context.present.account, context.relying_party
    assert account is not None
    contacts = browser.flows().accounts.contacts(account.id)
    earlier = browser.flows().sharings.get(account.id, client.client_id)
    stands = earlier is not None and earlier.withdrawn_at is None
    before = earlier.scopes if earlier is not None and stands else frozenset()
    known = earlier.claims if earlier is not None and stands else frozenset()
    wishes = asked_claims(context)
    # Asked again because it wants more: the difference is shown. Asked again because it insists: everything is.
    more = stands and not (context.scope - {OPENID} <= before and wishes <= known)
    return entry_page(
        "consent.html",
        client=client,
        scopes=[
            scope
            for scope in ("profile", "email", "phone", "snils", "consents", "offline_access")
            if scope in context.scope
        ],
        extra=sorted(wishes - known if more else wishes),
        before=before,
        more=more,
        purposes={scope: texts.get(browser.locale(), "") for scope, texts in client.scope_purposes.items()},
        email=next((item for item in contacts if item.kind == "email" and item.current), None),
        phone=next((item for item in contacts if item.kind == "phone" and item.current), None),
        level=context.level,
        asks_level=OPENID in context.scope,
    )


@pages.post("/consent")
def answer() -> Response:
    try:
        context = _context()
    except Refused as refused:
        return trouble(refused)
    if context.page is Page.CONSENT:
        if request.form.get("answer") == "yes":
            browser.flows().agree(context)
        else:
            browser.flows().agree.refuse(context)
    return _on(context)


def _context() -> Context:
    return browser.flows().authorize.inspect(request.values.get("tx", ""), present())


def _on(context: Context) -> Response:
    waiting = transaction()
    assert waiting is not None and context is not None
    return redirect(f"/authorize/resume?tx={waiting.id}", 303)  # type: ignore[return-value]
