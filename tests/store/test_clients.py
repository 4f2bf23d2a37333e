"""Clients: kept as documents, cached for a while, changed over the newest version only."""

from dataclasses import replace

import pytest

from idp.clients.client import Client
from idp.store.clients import Changed, Clients
from idp.store.database import Conflict, Database
from tests.conftest import StillClock

PARKING = Client(
    "parking",
    "Parking",
    ("https://parking.test/callback",),
    secret_digest="d" * 64,
    jwks={"keys": [{"kty": "EC"}]},
    client_name_i18n={"ru": "Парковка"},
    resource_uris=("https://api.test/",),
    default_max_age=0,
)


@pytest.fixture
def clients(database: Database, clock: StillClock) -> Clients:
    return Clients(database, clock, 5)


def test_a_client_comes_back_as_it_was_added(clients, clock):
    clients.add(PARKING)

    assert clients.get("parking") == replace(PARKING, created_at=clock())
    assert clients.all() == [clients.get("parking")]
    assert clients.of_resource("https://api.test/") == "parking"
    assert clients.of_resource("https://other.test/") is None


@pytest.mark.parametrize("client_id", ["", "unknown", "\0", "a" * 5000, "\ud800", "ключ"])
def test_an_unknown_name_is_nobody(clients, client_id):
    assert clients.get(client_id) is None


def test_what_another_process_changes_is_seen_after_the_cache_ran_out(database, clock, clients):
    clients.add(PARKING)
    other = Clients(database, clock, 5)
    assert other.get("parking").client_name == "Parking"
    clients.change(replace(clients.get("parking"), client_name="Car park"))

    assert clients.get("parking").client_name == "Car park"
    clock.move(seconds=4.9)
    assert other.get("parking").client_name == "Parking"
    clock.move(seconds=0.1)
    assert other.get("parking").client_name == "Car park"


def test_known_and_unknown_names_cost_the_same_once_asked(clients, database, monkeypatch):
    clients.add(PARKING)
    clients.get("parking"), clients.get("nobody")

    def refuse(*_given):
        raise AssertionError("asked again")

    monkeypatch.setattr(Database, "rows", refuse)
    assert clients.get("parking") is not None
    assert clients.get("nobody") is None


def test_a_flood_of_unknown_names_is_forgotten(clients):
    for number in range(5000):
        clients.get(f"unknown-{number}")

    assert len(clients._kept) <= 4096


def test_an_older_version_is_not_written_over_a_newer_one(clients):
    clients.add(PARKING)
    first = clients.get("parking")
    clients.change(replace(first, client_name="New"))

    with pytest.raises(Changed):
        clients.change(replace(first, client_name="Late"))
    assert clients.get("parking").client_name == "New"
    assert clients.get("parking").version == 2


def test_a_disabled_client_is_known_and_not_got(clients, clock):
    clients.add(PARKING)
    clients.change(replace(clients.get("parking"), disabled_at=clock()))

    assert clients.get("parking") is None
    assert clients.known("parking").disabled_at == clock()


def test_a_resource_belongs_to_one_client_and_is_free_again_afterwards(clients):
    clients.add(PARKING)
    other = replace(PARKING, client_id="other")
    with pytest.raises(Conflict):
        clients.add(other)
    assert clients.known("other") is None

    first = clients.get("parking")
    clients.remove(first)
    with pytest.raises(Changed):
        clients.remove(first)
    assert clients.get("parking") is None
    clients.add(other.__class__("third", "Third", resource_uris=("https://api.test/",)))
