"""The planner: a portal asks for a level that this session doesn't give; the page shows the ways that lead there."""

from flask import Blueprint, Response, redirect, request

from idp.assurance import acr
from idp.flows.authorize.context import Page
from idp.kernel.refusal import Refused
from idp.web import browser
from idp.web.authorize import present, trouble
from idp.web.entry import entry_page

pages = Blueprint("step_up", __name__)


@pages.get("/step-up")
def show() -> Response:
    transaction_id = request.args.get("tx", "")
    try:
        context = browser.flows().authorize.inspect(transaction_id, present())
    except Refused as refused:
        return trouble(refused)
    if context.page is not Page.STEP_UP:
        return redirect(f"/authorize/resume?tx={transaction_id}", 303)  # type: ignore[return-value]
    wanted = (*context.acr.values, context.acr.floor)
    return entry_page(
        "step_up.html",
        goal=next((value for value in wanted if value), ""),
        binding=acr.answer(context.acr, acr.session_gives(context.level), str(context.level)) is None,
        held=context.level.rank + 1 if context.level else 0,
        level=context.level.value if context.level else "",
        ways=acr.ways(context.acr, context.level),
    )
