"""A request with an idempotency key acts once, whoever sends it how often."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from idp.flows.admin.clients import AddClient, ChangeClient, RotateSecret
from idp.flows.admin.registry import Registered, Registry
from idp.kernel.refusal import Faulty, Refused
from tests.city import City

DOCUMENT = {"client_name": "Parking", "redirect_uris": ["https://parking.test/callback"]}


def add(
    city: City, key: str = "k-1", request: str = "same", actor: str = "admin-token:1", **members: Any
) -> Registered:
    registry = replace(city.flows.registry, actor=actor)

    def act(registry: Registry, secret: str) -> Registered:
        return AddClient(registry)({**DOCUMENT, **members}, secret=secret)

    return city.flows.administration.once(registry, key, request, act)


def kept(city: City) -> str:
    with city.flows.database.connection() as connection:
        tables = ("clients", "repeats", "journal")
        return str([connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall() for table in tables])


def test_the_second_answer_is_the_first_with_its_secret_which_nothing_keeps(city):
    first = add(city)

    assert replace(add(city).client, secret_digest=first.client.secret_digest) == first.client
    assert add(city).secret == first.secret != ""
    assert len(city.flows.clients.all()) == 1
    assert first.secret not in kept(city)


def test_it_stays_the_first_answer_when_the_client_has_changed_since(city):
    first = add(city)
    ChangeClient(city.flows.registry)(first.client.client_id, {"client_name": "Garage"})

    assert add(city).client.client_name == "Parking"


def test_another_request_under_the_same_key_is_refused(city):
    add(city)
    with pytest.raises(Refused, match="idempotency_reused"):
        add(city, request="other", client_name="Other")


def test_keys_of_two_callers_and_two_keys_are_different(city):
    names = {
        add(city).client.client_id,
        add(city, actor="client:x").client.client_id,
        add(city, "k-2").client.client_id,
    }

    assert len(names) == 3
    assert len({client.secret_digest for client in city.flows.clients.all()}) == 3


def test_a_refusal_is_not_kept(city):
    with pytest.raises(Faulty):
        add(city, redirect_uris=["javascript:x"])

    assert add(city).secret


def test_after_a_day_the_key_is_free_again(city, clock):
    first = add(city)
    clock.move(days=1)

    assert add(city).client.client_id != first.client.client_id


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "a\nb"])
def test_a_malformed_key_is_refused(city, key):
    with pytest.raises(Refused, match="idempotency_malformed"):
        add(city, key)


def test_a_rotated_secret_comes_again_too(city):
    city.client("parking")

    def act(registry: Registry, secret: str) -> Registered:
        return RotateSecret(registry)("parking", secret=secret)

    first, again = (city.flows.administration.once(city.flows.registry, "k", "rotate", act) for _ in range(2))
    assert first.secret == again.secret != city.secrets["parking"]


def test_of_parallel_requests_one_acts_and_all_get_its_answer(city):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: add(city, client_id="parking"), range(8)))

    assert len({(answer.client.client_id, answer.secret) for answer in answers}) == 1
    assert len(city.flows.clients.all()) == 1
