"""Who may call the administrators' API: live tokens of administrators, services that are permitted, nobody else."""

import pytest

from idp.flows.admin.clients import ChangeClient, DisableClient
from idp.kernel.ids import new_secret
from idp.store.accounts import Accounts
from tests.city import PERSON, City
from tests.endpoints.administrator import CLIENTS, DOCUMENT, Administrator, faults, problem


def service(city: City, **asked: str) -> Administrator:
    """Return a service that is permitted to administer clients, with a token of its own."""
    if city.flows.clients.fresh("robot") is None:
        city.service("robot", scope="idp.clients parking:read")
    answer = city.token("robot", grant_type="client_credentials", **asked).json
    return Administrator(city, answer["access_token"])


def status(who: Administrator) -> tuple[int, str | None]:
    answer = who("GET", CLIENTS)
    return answer.status, None if answer.status == 200 else answer.json["code"]


INVALID, FORBIDDEN = (401, "oauth.invalid_token"), (403, "oauth.insufficient_scope")


def test_without_a_token_the_scheme_is_told(city, admin):
    answer = admin("GET", CLIENTS, authorization=None)

    assert problem(answer) == INVALID
    assert answer.headers["www-authenticate"] == "Bearer"
    assert problem(admin("GET", CLIENTS, authorization="Basic eDp5")) == INVALID


@pytest.mark.parametrize("token", ["x", "idp_admin_", "idp_admin_" + new_secret(), "a.b.c", "idp_admin_ключ"])
def test_an_unknown_token_opens_nothing(city, token):
    answer = Administrator(city, token)("GET", CLIENTS)

    assert problem(answer) == INVALID
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_token_ends_by_revocation_by_time_and_with_its_account(city, clock):
    city.person()
    lasting, brief = Administrator.of(city), Administrator.of(city, days=1)
    hers = Administrator.of(city, account=f"{PERSON}@example.ru")
    assert {status(who) for who in (lasting, brief, hers)} == {(200, None)}

    clock.move(days=1)
    assert [status(who) for who in (lasting, brief, hers)] == [(200, None), INVALID, (200, None)]
    Accounts(city.flows.database).close(PERSON, clock())
    assert [status(who) for who in (lasting, hers)] == [(200, None), INVALID]
    for token in city.flows.administration.tokens.all():
        city.flows.administration.revoke_token(token.id)
    assert status(lasting) == INVALID


def test_a_service_that_is_permitted_registers_clients(city):
    answer = service(city)("POST", CLIENTS, DOCUMENT)

    assert answer.status == 201
    with city.flows.database.connection() as connection:
        actors = connection.exec_driver_sql("SELECT actor FROM journal WHERE kind = 'client.added'").fetchall()
    assert ("client:robot",) in [tuple(row) for row in actors]


def test_a_token_must_be_for_us_and_hold_the_scope(city):
    city.service("robot", scope="idp.clients parking:read", permitted_resources=["https://api.test/"])

    assert status(service(city, scope="parking:read")) == FORBIDDEN
    assert "idp.clients" in service(city, scope="parking:read")("GET", CLIENTS).headers["www-authenticate"]
    assert status(service(city, resource="https://api.test/")) == INVALID
    assert status(service(city, scope="idp.clients")) == (200, None)


def test_what_a_service_loses_its_token_loses_at_once(city, clock):
    robot = service(city)
    assert status(robot) == (200, None)
    ChangeClient(city.flows.registry)("robot", {"scope": "parking:read"})
    assert status(robot) == FORBIDDEN
    ChangeClient(city.flows.registry)("robot", {"scope": "idp.clients"})
    assert status(robot) == (200, None)
    DisableClient(city.flows.registry)("robot")
    assert status(robot) == INVALID


def test_a_revoked_or_expired_token_of_a_service_is_dead(city, clock):
    first, second = service(city), service(city)
    city.call("POST", "/revoke", {"token": first.token}, authorization=city.basic("robot"))
    assert (status(first), status(second)) == (INVALID, (200, None))
    clock.move(seconds=city.flows.settings.tokens.access_seconds)
    assert status(second) == INVALID


def test_a_token_about_a_person_never_opens_it(town):
    both = ["authorization_code", "client_credentials"]
    town.client("robot", grant_types=both, scope="openid profile idp.clients")
    grant = town.grant("robot", scope=frozenset({"openid", "idp.clients"}))
    answer = town.exchange(town.code(grant), "robot").json

    assert "idp.clients" in town.claims(answer["access_token"], "at+jwt")["scope"]
    assert status(Administrator(town, answer["access_token"])) == INVALID
    assert status(Administrator(town, answer["id_token"])) == INVALID


def test_only_an_administrator_permits_the_interface_to_others(city, admin):
    another = {"client_name": "Another", "grant_types": ["client_credentials"], "scope": "idp.clients"}
    refused = service(city)("POST", CLIENTS, another)

    assert faults(refused) == {("scope", "client.scope_reserved")}
    assert admin("POST", CLIENTS, another).status == 201
    assert faults(admin("POST", CLIENTS, {**another, "scope": "idp.root"})) == {("scope", "client.scope_reserved")}


def test_guessing_is_limited_by_address_and_use_by_token(city, admin, monkeypatch):
    guesser = Administrator(city, "idp_admin_" + new_secret())
    limits = city.flows.settings.limits
    for _ in range(limits.admin_refusals_per_address):
        assert status(guesser) == INVALID
    answer = guesser("GET", CLIENTS)
    assert problem(answer) == (429, "api.too_many")
    assert int(answer.headers["retry-after"]) > 0


def test_use_is_limited_by_token(city, admin, clock):
    throttle = city.flows.administration.admit.throttle
    token = city.flows.administration.tokens.all()[0]
    for _ in range(city.flows.settings.limits.admin_requests):
        throttle.spent("admin_requests", f"admin-token:{token.id}")

    assert status(admin) == (429, "api.too_many")
    assert status(Administrator.of(city)) == (200, None)
    clock.move(seconds=900)
    assert status(admin) == (200, None)


@pytest.mark.parametrize("path", ["/admin/v1/", "/admin/v1/nothing", f"{CLIENTS}/a/b", f"{CLIENTS}//secret"])
def test_nothing_at_an_address_is_said_as_a_problem(admin, path):
    assert problem(admin("GET", path)) == (404, "api.not_found")


def test_a_method_that_an_address_does_not_take_is_told_those_it_takes(admin):
    answer = admin("PUT", CLIENTS)

    assert problem(answer) == (405, "api.method")
    assert answer.headers["allow"] == "GET, POST"
    assert admin("OPTIONS", f"{CLIENTS}/x").headers["allow"] == "DELETE, GET, PATCH"
    assert admin("HEAD", CLIENTS).body == b""


def test_what_nobody_foresaw_is_told_without_its_insides(city, admin, monkeypatch):
    def fail(*_given):
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(type(city.flows.clients), "page", fail)
    answer = admin("GET", CLIENTS)

    assert problem(answer) == (500, "api.failed")
    assert b"secret of ours" not in answer.body
