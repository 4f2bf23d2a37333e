"""My level: why a person stands where they stand, the signed receipt of it, and "this is wrong" (GEN-14)."""

import orjson
from flask import Response, make_response, request

from idp.accounts.throttle import TooMany
from idp.assurance.identifiers import SNILS, Snils
from idp.assurance.levels import changes, standing_now
from idp.assurance.registries.question import PENSION_FUND
from idp.kernel.refusal import Refused
from idp.web import browser
from idp.web.me import page, pages, person


@pages.get("")
def level() -> Response:
    account, flows = person(), browser.flows()
    history, kept = flows.evidence.of(account.id), flows.verifications.personal_data.of(account.id, SNILS)
    return page(
        "me_level.html",
        "level",
        stands=standing_now(history, flows.now()),
        history=changes(history),
        contacts={contact.id: contact for contact in flows.accounts.contacts(account.id)},
        snils=Snils(kept.value) if kept is not None else None,
        asked=flows.verifications.questions.latest(account.id, PENSION_FUND),
        waiting=flows.take_up.waiting(account.id),
        heard=flows.tell_of_fall.heard(account.id),
        ways=flows.authorize.uses.ways,
    )


@pages.get("/receipt")
def receipt() -> Response:
    made = browser.flows().verifications.make_receipt(person())
    response = make_response(orjson.dumps(made, option=orjson.OPT_INDENT_2))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="city-access.json"'
    return response


@pages.route("/wrong", methods=["GET", "POST"])
def wrong() -> Response:
    account = person()
    if request.method == "GET":
        return page("me_wrong.html", "level", text="")
    text = request.form.get("text", "")
    try:
        case = browser.flows().verifications.report_level(account, text)
    except TooMany:
        return page("me_wrong.html", "level", Refused("wrong.too_many"), field="text", text=text[:2000])
    except Refused as refused:
        return page("me_wrong.html", "level", refused, field="text", text=text[:2000])
    return page("me_wrong_done.html", "level", case=case)
