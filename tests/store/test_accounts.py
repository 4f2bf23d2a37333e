"""Accounts and contacts: found by any name, changed field by field, erased to a tombstone."""

from dataclasses import replace
from datetime import date

import pytest

from idp.accounts.account import Account, Gender, Name
from idp.accounts.contacts import Contact, ContactKind
from idp.store.accounts import Accounts
from idp.store.database import Conflict


@pytest.fixture
def accounts(database, anna):
    return Accounts(database)


@pytest.fixture
def boris(accounts, clock):
    at = clock()
    accounts.open(Account("boris", "Boris.1", True, Name("Ким", "Борис"), "-", at, at), "2026-11-01")
    return "boris"


def contact(account_id, value, kind=ContactKind.EMAIL, confirmed_at=None):
    return Contact(f"{account_id}-{value}", account_id, kind, value, confirmed_at)


def test_an_account_comes_back_as_it_was_opened(accounts, clock):
    at = clock()
    whole = Account(
        "vera", "vera@example.ru", False, Name("Ли", "Вера", "Ивановна"), "hash", at, at,
        Gender.FEMALE, date(1990, 2, 28), "en", "Кто?", "answer", at,
    )  # fmt: skip
    accounts.open(whole, "2026-11-01")

    assert accounts.get("vera") == whole
    assert accounts.agreement("vera") == ("2026-11-01", at)
    assert accounts.get("nobody") is None


def test_a_login_is_found_in_any_case_and_held_by_one(accounts, boris, clock):
    assert accounts.by_login("BORIS.1").id == "boris"
    assert accounts.by_login("boris") is None
    with pytest.raises(Conflict):
        accounts.set_login("anna", "BORIS.1", True, clock())
    accounts.set_login("boris", "Борис", True, clock())
    assert accounts.by_login("борис").login == "Борис"
    accounts.set_login("anna", "Boris.1", True, clock())


def test_only_a_confirmed_and_current_contact_finds_its_account(accounts, clock):
    accounts.add_contact(contact("anna", "anna@example.ru"), clock())
    assert accounts.by_contact(ContactKind.EMAIL, "anna@example.ru") == []

    assert accounts.confirm_contact("anna-anna@example.ru", clock())
    assert not accounts.confirm_contact("anna-anna@example.ru", clock())
    assert [found.id for found in accounts.by_contact(ContactKind.EMAIL, "anna@example.ru")] == ["anna"]
    assert accounts.by_contact(ContactKind.PHONE, "anna@example.ru") == []


def test_a_confirmed_email_is_one_accounts_and_a_phone_may_be_a_familys(accounts, boris, clock):
    accounts.add_contact(contact("anna", "home@example.ru", confirmed_at=clock()), clock())
    accounts.add_contact(contact("boris", "home@example.ru"), clock())
    with pytest.raises(Conflict):
        accounts.confirm_contact("boris-home@example.ru", clock())

    for person in ("anna", "boris"):
        accounts.add_contact(contact(person, "+79001234567", ContactKind.PHONE, clock()), clock())
    assert {found.id for found in accounts.by_contact(ContactKind.PHONE, "+79001234567")} == {"anna", "boris"}


def test_contacts_are_dropped_by_their_owner_only(accounts, boris, clock):
    accounts.add_contact(contact("anna", "one@example.ru"), clock())
    accounts.add_contact(contact("anna", "two@example.ru"), clock())
    accounts.add_contact(contact("boris", "three@example.ru"), clock())

    assert not accounts.drop_contact("boris", "anna-one@example.ru")
    assert accounts.drop_other_contacts("anna", ContactKind.EMAIL, but="anna-two@example.ru") == 1
    assert [item.value for item in accounts.contacts("anna")] == ["two@example.ru"]
    assert [item.value for item in accounts.contacts("boris")] == ["three@example.ru"]


def test_each_change_changes_its_fields_and_no_others(accounts, boris, clock):
    before = accounts.get("anna")
    clock.move(days=1)
    changed = replace(before, name=Name("Петрова", "Анна"), gender=Gender.FEMALE, locale="en", updated_at=clock())
    accounts.change(changed, ("name", "gender", "locale"))
    assert accounts.get("anna") == changed
    accounts.change(replace(before, updated_at=clock()), ("locale",))
    assert accounts.get("anna") == replace(changed, locale=before.locale)

    assert accounts.get("boris").name != changed.name


def test_a_closed_account_leaves_nothing_personal_and_never_comes_back(accounts, boris, clock):
    accounts.add_contact(contact("boris", "b@example.ru", confirmed_at=clock()), clock())
    assert accounts.number() == 2

    assert accounts.close("boris", clock())
    assert not accounts.close("boris", clock())

    closed = accounts.get("boris")
    assert (closed.login, closed.name.full, closed.password_hash, closed.closed_at) == ("", "", "", clock())
    assert (accounts.contacts("boris"), accounts.by_login("boris.1"), accounts.number()) == ([], None, 1)
    assert accounts.by_contact(ContactKind.EMAIL, "b@example.ru") == []
    accounts.set_login("boris", "again", True, clock())
    assert accounts.by_login("again") is None
    accounts.add_contact(contact("anna", "b@example.ru", confirmed_at=clock()), clock())
