"""Consents, connected portals, notices (SIM-11, D-01, D-06)."""

from flask import Response, abort, request

from idp.accounts.consent import ConsentKind
from idp.web import browser
from idp.web.me import number_of_page, page, pages, person, to

_PAGE = 20


@pages.route("/consents", methods=["GET", "POST"])
def consents() -> Response:
    account, flows = person(), browser.flows()
    if request.method == "POST":
        flows.set_consents(account.id, frozenset(kind for kind in ConsentKind if request.form.get(kind.value)))
        return to("/me/consents?done=yes")
    version, agreed_at = flows.accounts.agreement(account.id)
    latest = flows.consents.latest(account.id)
    return page(
        "me_consents.html", "consents", kinds=list(ConsentKind), latest=latest, version=version, agreed_at=agreed_at
    )


@pages.get("/portals")
def portals() -> Response:
    return page("me_portals.html", "portals", portals=browser.flows().portals(person().id))


@pages.post("/portals/<client_id>/withdraw")
def withdraw(client_id: str) -> Response:
    if not browser.flows().portals.withdraw(person().id, client_id):
        abort(404)
    return to("/me/portals?done=yes")


@pages.get("/notices")
def notices() -> Response:
    number = number_of_page()
    found = browser.flows().notices.of(person().id, _PAGE + 1, (number - 1) * _PAGE)
    return page("me_notices.html", "notices", notices=found[:_PAGE], number=number, more=len(found) > _PAGE)


@pages.post("/notices/read")
def read_notices() -> Response:
    browser.flows().notices.read(person().id)
    return to("/me/notices")
