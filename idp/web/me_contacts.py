"""Contacts: change, confirm, remove (SIM-28). A letter's link confirms from any browser, by a press."""

from flask import Blueprint, Response, abort, request

from idp.accounts.contacts import Contact, ContactKind
from idp.accounts.one_time_code import typed
from idp.kernel.refusal import Refused
from idp.web import browser
from idp.web.entry import entry_page, explained, of_code
from idp.web.me import done, page, pages, person, to
from idp.web.pages import render

links = Blueprint("contact_links", __name__)


@pages.get("/contacts")
def contacts() -> Response:
    held = browser.flows().accounts.contacts(person().id)
    return page("me_contacts.html", "contacts", contacts=held)


@pages.route("/contacts/<any(email, phone):kind>", methods=["GET", "POST"])
def change_contact(kind: str) -> Response:
    if request.method == "GET":
        return page("me_contact_change.html", "contacts", kind=kind, value="")
    value = request.form.get(kind, "")[:320]
    try:
        contact = browser.flows().change_contact(person(), ContactKind(kind), value, request.form.get("present", ""))
    except Refused as refused:
        return page("me_contact_change.html", "contacts", refused, field=kind, kind=kind, value=value)
    return to(f"/me/contacts/{contact.id}/code")


def _mine(contact_id: str) -> Contact:
    try:
        return browser.flows().change_contact.mine(person(), contact_id)
    except Refused:
        abort(404)


@pages.route("/contacts/<contact_id>/code", methods=["GET", "POST"])
def contact_code(contact_id: str) -> Response:
    contact = _mine(contact_id)
    if contact.confirmed_at is not None:
        return to("/me/contacts?done=yes")
    if request.method == "POST":
        try:
            browser.flows().confirm_contact.by_code(person().id, contact.id, typed(request.form.get("code", "")))
        except Refused as refused:
            return _code_page(contact, of_code(refused))
        return to("/me/contacts?done=yes")
    return _code_page(contact, {})


@pages.route("/contacts/<contact_id>/again", methods=["GET", "POST"])
def contact_again(contact_id: str) -> Response:
    """By GET, as the language switch comes back, only the page of the code."""
    contact = _mine(contact_id)
    if request.method == "GET":
        return to(f"/me/contacts/{contact.id}/code")
    if contact.confirmed_at is None:
        try:
            browser.flows().contact_codes.send(person(), contact)
        except Refused as refused:
            return _code_page(contact, explained(refused))
    return to(f"/me/contacts/{contact.id}/code?done=yes")


@pages.route("/contacts/<contact_id>/remove", methods=["GET", "POST"])
def remove_contact(contact_id: str) -> Response:
    """What is confirmed is a way in: the page says what goes with it and asks for the password."""
    contact, refused = _mine(contact_id), None
    if request.method == "POST":
        try:
            browser.flows().change_contact.remove(person(), contact.id, request.form.get("present", ""))
            return to("/me/contacts?done=yes")
        except Refused as said:
            refused = said
    return page("me_contact_remove.html", "contacts", refused, field="present", contact=contact)


def _code_page(contact: Contact, errors: dict[str, str]) -> Response:
    sent = browser.flows().contact_codes.sent(contact)
    return render(
        "me_contact_code.html",
        400 if errors else 200,
        section="contacts",
        contact=contact,
        passage=browser.flows().outbox.passage(contact.id),
        sent=sent,
        errors=errors,
        done=done(),
    )


@links.route("/confirm-contact", methods=["GET", "POST"])
def follow_link() -> Response:
    """The letter's link: scanners of mail follow links, so confirming takes a press."""
    flows, token = browser.flows(), request.values.get("token", "")[:200]
    try:
        if request.method == "GET":
            return entry_page("contact_link.html", contact=flows.confirm_contact.pointed(token), token=token)
        return entry_page("contact_confirmed.html", contact=flows.confirm_contact.by_link(token))
    except Refused as refused:
        if refused.code == "link.expired":
            return entry_page("link_expired.html", 410, contacts=True)
        return entry_page("refused.html", 409, words=explained(refused)[""])
