"""The checklist of the security page: what is left stands first, what counts is what is confirmed."""

from datetime import UTC, datetime

import pytest

from idp.accounts.account import Account, Name
from idp.accounts.contacts import Contact, ContactKind
from idp.accounts.protection import Item, Safeguard, checklist

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PASSWORD, CONTACTS, QUESTION = Safeguard.PASSWORD, Safeguard.CONTACTS, Safeguard.QUESTION


def account(answer_hash: str = "") -> Account:
    return Account("anna", "anna", True, Name("Белова", "Анна", ""), "hash", NOON, NOON, answer_hash=answer_hash)


def contact(kind: ContactKind, confirmed: datetime | None = NOON, outdated: datetime | None = None) -> Contact:
    return Contact(kind.value, "anna", kind, "-", confirmed, outdated)


EMAIL, PHONE = contact(ContactKind.EMAIL), contact(ContactKind.PHONE)


@pytest.mark.parametrize(
    ("contacts", "reachable"),
    [
        ([EMAIL, PHONE], True),
        ([EMAIL], False),
        ([EMAIL, contact(ContactKind.PHONE, confirmed=None)], False),
        ([EMAIL, contact(ContactKind.PHONE, outdated=NOON)], False),
        ([EMAIL, EMAIL], False),
    ],
)
def test_both_kinds_of_contact_must_be_confirmed_and_current(contacts: list[Contact], reachable: bool) -> None:
    assert Item(CONTACTS, reachable) in checklist(account(), contacts)


def test_what_is_left_comes_first() -> None:
    assert checklist(account(), [EMAIL, PHONE]) == [Item(QUESTION, False), Item(CONTACTS, True), Item(PASSWORD, True)]
    assert [item.done for item in checklist(account(answer_hash="hash"), [EMAIL, PHONE])] == [True, True, True]
