"""The planner: a portal asks for a level that this session doesn't give; the page shows the ways that lead there.

Beside it the address of what waits: it stands in letters and notices, and goes on where the request stopped.
"""

from datetime import timedelta

from flask import Blueprint, Response, redirect, request

from idp.assurance import acr
from idp.flows.authorize.context import Context, Page
from idp.flows.authorize.take_up import Lead
from idp.kernel.refusal import Refused
from idp.web import browser
from idp.web.authorize import present, trouble
from idp.web.entry import entry_page
from idp.web.pages import day

pages = Blueprint("step_up", __name__)
#: Where each way begins.
PATHS = {acr.Way.CONFIRM: "/me/contacts", acr.Way.SNILS: "/me/snils"}


@pages.get("/step-up")
def show() -> Response:
    transaction_id = request.args.get("tx", "")
    try:
        context = browser.flows().authorize.inspect(transaction_id, present())
    except Refused as refused:
        return trouble(refused)
    if context.page is not Page.STEP_UP:
        return redirect(f"/authorize/resume?tx={transaction_id}", 303)  # type: ignore[return-value]
    ways = acr.ways(context.acr, context.level, available=browser.flows().authorize.uses.ways)
    return entry_page(
        "step_up.html",
        goal=_goal(context, ways),
        binding=acr.answer(context.acr, acr.session_gives(context.level), str(context.level)) is None,
        held=context.level.rank + 1 if context.level else 0,
        level=context.level.value if context.level else "",
        ways=[(way, PATHS[way]) for way in ways],
        until=_until(),
    )


def _until() -> str:
    """Return the day until which a request made today waits, in the person's words."""
    flows = browser.flows()
    return day(flows.now() + timedelta(days=flows.settings.step_up.wait_days), browser.locale())


def _goal(context: Context, ways: tuple[acr.Way, ...]) -> str:
    """Return the asked value that the page speaks of: the first that a way leads to, else the first."""
    wanted = [value for value in (*context.acr.values, context.acr.floor) if value]
    row = acr.TABLE[context.level, acr.Acting.SELF]
    return next((value for value in wanted if row[value] in ways), wanted[0])


@pages.get("/waiting/<step_up_id>")
def take_up(step_up_id: str) -> Response:
    """Go on with what waited; a portal that must ask anew is opened where it begins a sign-in."""
    try:
        found = browser.flows().take_up(step_up_id, present())
    except Refused as refused:
        return trouble(refused)
    if found is None:
        return redirect(f"/sign-in?waiting={step_up_id}", 303)  # type: ignore[return-value]
    if isinstance(found, Lead):
        response = redirect(found.address or "/me", 303)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response  # type: ignore[return-value]
    return redirect(f"/authorize/resume?tx={found.id}", 303)  # type: ignore[return-value]
