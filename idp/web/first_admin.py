"""The page behind the link of ``idp init``: a name, a press, and the first administrator's token is shown, once."""

from flask import Blueprint, Response, request

from idp.flows.admin.first import PATH
from idp.kernel.refusal import Refused
from idp.web import browser
from idp.web.entry import explained
from idp.web.pages import render

pages = Blueprint("first_admin", __name__)


@pages.route(PATH, methods=["GET", "POST"])
def first_admin() -> Response:
    """A look costs nothing: what previews or scans addresses doesn't press. The token is in no address and no cache."""
    flow, secret = browser.flows().first_admin, request.values.get("token", "")[:200]
    errors: dict[str, str] = {}
    try:
        if request.method == "POST":
            made = flow.take(secret, request.form.get("name", "")[:500])
            return render("first_admin_done.html", made=made)
        flow.require(secret)
    except Refused as refused:
        if refused.code == "first_admin.no_link":
            return render("first_admin_gone.html", 410)
        errors = {"name": explained(refused)[""]}
    return render(
        "first_admin.html", 400 if errors else 200, token=secret, errors=errors, name=request.form.get("name", "")
    )
