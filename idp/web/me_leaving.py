"""Take everything along, or leave for good: the export and the deletion (152-FZ article 14, Q-20)."""

import orjson
from flask import Response, make_response, request

from idp.kernel.refusal import Refused
from idp.web import browser
from idp.web.me import page, pages, person
from idp.web.pages import render


@pages.route("/export", methods=["GET", "POST"])
def export() -> Response:
    account, flows = person(), browser.flows()
    if request.method == "GET":
        return page("me_export.html", "data")
    try:
        flows.require_password(account, request.form.get("present", ""))
    except Refused as refused:
        return page("me_export.html", "data", refused, field="present")
    response = make_response(orjson.dumps(flows.export(account), option=orjson.OPT_INDENT_2))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="city-sign-in.json"'
    return response


@pages.route("/delete", methods=["GET", "POST"])
def delete() -> Response:
    account, flows = person(), browser.flows()
    refused: Refused | None = None
    if request.method == "POST":
        try:
            if not request.form.get("sure"):
                raise Refused("delete.not_sure")
            told = flows.close_account(account, request.form.get("present", ""))
        except Refused as said:
            refused = said
        else:
            browser.leave()
            return browser.forget(render("deleted.html", told=told))
    if not flows.close_account.may(account):
        return page("me_delete_at_centre.html", "data")
    field = "sure" if refused is not None and refused.code == "delete.not_sure" else "present"
    return page("me_delete.html", "data", refused, field=field, portals=flows.portals(account.id))
