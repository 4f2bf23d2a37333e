"""The export holds everything that is kept about a person, and no secret (152-FZ article 14)."""

import json

import pytest

from idp.accounts.consent import ConsentKind, Sharing
from idp.accounts.contacts import ContactKind
from tests.city import City
from tests.flows.account.people import EMAIL, PASSWORD, PHONE, Anna, Post


@pytest.fixture
def document(anna: Anna, city: City) -> dict:
    """Anna after a busy day."""
    city.client("parking")
    anna.asks("Кличка собаки?", "Тузик")
    session = anna.signs_in()
    people = city.flows.people
    city.flows.grants.end(city.grant(session_id=session.id).id, "revoked", city.flows.now())
    people.sharings.give(Sharing("anna", "parking", frozenset({"email"}), frozenset({"gender"}), city.flows.now()))
    people.set_consents("anna", frozenset({ConsentKind.CITY_NEWS}))
    people.choose_login("anna", "anna.belova")
    people.change_contact(anna.account, ContactKind.EMAIL, "new@example.ru", PASSWORD)
    return people.export(anna.account)


def test_everything_that_is_kept_is_in_it(document: dict):
    written = json.dumps(document, ensure_ascii=False)

    values = ("Иванова", "Анна", "Петровна", "1980-05-17", "female", EMAIL, PHONE, "new@example.ru", "anna.belova")
    assert all(value in written for value in (*values, "Кличка собаки?", "Firefox, Windows", "192.0.2.7"))
    assert document["sharings"][0]["claims"] == ["gender"] and document["grants"][0]["end_reason"] == "revoked"
    assert {line["event"]["kind"] for line in document["journal"]} > {"session.started", "login.chosen"}
    assert {notice["kind"] for notice in document["notices"]} == {"login_changed", "email_change_begun"}
    assert {message["to"] for message in document["messages"]} == {EMAIL, PHONE, "new@example.ru"}
    assert document["consents"][0]["given"] and document["evidence"][0]["kind"] == "email"


def test_no_secret_is_in_it(document: dict, anna: Anna, post: Post):
    written = json.dumps(document, ensure_ascii=False)

    secrets = (anna.account.password_hash, anna.account.answer_hash, post.last("new@example.ru").code)
    assert not any(secret in written for secret in secrets) and "argon2" not in written
    assert document["account"]["password"] == "kept as a hash"


def test_it_is_journalled_and_told(document: dict, anna: Anna, post: Post):
    assert "account.exported" in anna.events() and "account_exported" in anna.notices()
    assert "скача" in post.last(EMAIL).text


def test_another_person_is_not_in_it(anna: Anna, city: City):
    Anna.settled(city, "boris", "+79997654321").signs_in("boris@example.ru")

    assert "boris" not in json.dumps(city.flows.people.export(anna.account), ensure_ascii=False)
