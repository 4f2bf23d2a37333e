"""The question after sign-in about contacts that are old or can't be reached; the way on is always there (D-07)."""

from flask import Blueprint, Response

from idp.web import browser
from idp.web.entry import entry_page, lasting, onward, to

pages = Blueprint("contact_check", __name__)


def after_sign_in(account_id: str) -> Response:
    """Lead on somebody who has just signed in; what waits for them is not forgotten over the question."""
    if browser.flows().check_contacts(account_id):
        return to("/sign-in/contacts", waiting=lasting())
    return to(onward())


@pages.get("/sign-in/contacts")
def ask() -> Response:
    account = browser.account()
    if account is None:
        return to("/sign-in")
    contacts = browser.flows().check_contacts(account.id)
    if not contacts:
        return to(onward())
    return entry_page("contact_check.html", contacts=contacts, onward=onward())


@pages.post("/sign-in/contacts")
def answer() -> Response:
    account = browser.account()
    if account is None:
        return to("/sign-in")
    browser.flows().check_contacts.affirm(account.id)
    return to(onward())
