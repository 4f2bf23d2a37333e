"""Registrations that wait for their e-mail: found by secret and link, taken once, gone when they expire."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idp.accounts.account import Name
from idp.accounts.registration import Registration
from idp.store.registrations import Registrations


@pytest.fixture
def registrations(database):
    return Registrations(database)


@pytest.fixture
def waiting(registrations, clock):
    at = clock()
    registration = Registration(
        "r-1", "anna@example.ru", "+79001234567", Name("Иванова", "Анна", "Петровна"), "hash", "Кто?", "answer",
        "2026-11-01", "ru", at, at + timedelta(hours=24), {"city_news": True}, "tx", "code", at + timedelta(minutes=10),
        sent_at=at, sends=1,
    )  # fmt: skip
    registrations.open(registration, "secret", "link")
    return registration


def test_a_registration_comes_back_by_secret_link_and_id(registrations, waiting, clock):
    found = [registrations.by_secret("secret", clock()), registrations.by_link("link", clock())]

    assert found == [waiting, waiting]
    assert registrations.get("r-1", clock()) == waiting
    assert registrations.by_secret("link", clock()) is None


def test_a_new_code_voids_the_old_link_and_frees_the_tries(registrations, waiting, clock):
    assert [registrations.count_try("r-1") for _ in range(3)] == [1, 2, 3]
    clock.move(minutes=1)
    until = clock() + timedelta(minutes=10)

    marked = replace(waiting, email="other@example.ru", code_digest="code 2", code_expires_at=until, sent_at=clock())
    assert registrations.new_code(marked, "link 2", after=1)
    assert not registrations.new_code(replace(marked, code_digest="code 3"), "link 3", after=1)

    assert registrations.by_link("link", clock()) is None
    assert registrations.by_link("link 2", clock()) == replace(marked, sends=2)


def test_it_becomes_an_account_once_and_forgets_its_secrets(registrations, waiting, clock):
    assert registrations.take("r-1", "anna", clock())
    assert not registrations.take("r-1", "boris", clock())
    assert not registrations.new_code(waiting, "", after=1)

    taken = registrations.get("r-1", clock())
    assert (taken.account_id, taken.taken_at, taken.password_hash, taken.answer_hash) == ("anna", clock(), "", "")
    registrations.drop_of("anna")
    assert registrations.get("r-1", clock()) is None


def test_what_expired_is_nobodys_and_is_swept_away(registrations, waiting, clock):
    clock.move(hours=24)

    assert registrations.by_secret("secret", clock()) is None
    assert registrations.by_link("link", clock()) is None
    assert registrations.sweep(clock()) == 1
    assert registrations.sweep(clock()) == 0
