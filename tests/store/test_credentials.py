"""A password is replaced only in the place of the one that was seen, and holds its account while that matters."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idp.store.accounts import Accounts
from idp.store.credentials import Credentials


@pytest.fixture
def accounts(database, anna):
    return Accounts(database)


@pytest.fixture
def credentials(database):
    return Credentials(database)


def test_a_password_is_replaced_once_in_the_place_of_the_one_seen(accounts, credentials, clock):
    seen = accounts.get("anna")

    assert credentials.replace(seen, "new", clock())
    assert not credentials.replace(seen, "newer", clock())

    now = accounts.get("anna")
    assert now.password_hash == "new"
    assert credentials.replace(now, "newest", clock())
    assert accounts.get("anna") == replace(
        now, password_hash="newest", password_changed_at=now.password_changed_at + timedelta(microseconds=1)
    )


def test_a_password_that_has_no_moment_yet_is_replaced_too(accounts, credentials, clock):
    unset = replace(accounts.get("anna"), password_changed_at=None)
    assert not credentials.replace(unset, "new", clock())


def test_a_hash_is_renewed_only_while_it_is_the_one_seen(accounts, credentials, clock):
    """Or a sign-in under way would bring the old password back under newer parameters."""
    seen = accounts.get("anna")
    assert credentials.rehash(seen, "renewed") and accounts.get("anna") == replace(seen, password_hash="renewed")

    credentials.replace(accounts.get("anna"), "new", clock())

    assert not credentials.rehash(replace(seen, password_hash="renewed"), "old again")
    assert accounts.get("anna").password_hash == "new"


def test_an_account_is_held_with_the_password_seen_and_while_it_is_open(database, accounts, credentials, clock):
    seen = accounts.get("anna")
    with database.together():
        assert credentials.hold(seen)
    credentials.replace(seen, "new", clock())
    with database.together():
        assert not credentials.hold(seen) and credentials.hold(accounts.get("anna"))

    accounts.close("anna", clock())
    with database.together():
        assert not credentials.hold(accounts.get("anna"))
    assert not credentials.replace(accounts.get("anna"), "x", clock())


def test_a_question_is_set_and_taken_away(accounts, credentials):
    credentials.set_question("anna", "Кто?", "a")
    assert (accounts.get("anna").question, accounts.get("anna").answer_hash) == ("Кто?", "a")
