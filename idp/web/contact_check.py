"""The question after sign-in about contacts that are old or can't be reached; the way on is always there (D-07)."""

from flask import Blueprint, Response

from idp.web import browser
from idp.web.entry import entry_page, onward, to

pages = Blueprint("contact_check", __name__)


def after_sign_in(account_id: str) -> str:
    """Return where somebody goes who has just signed in."""
    return "/sign-in/contacts" if browser.flows().check_contacts(account_id) else onward()


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
