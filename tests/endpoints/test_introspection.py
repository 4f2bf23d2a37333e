"""Introspection and revocation: who is told what, and what a revocation ends."""

import pytest

from tests.city import PERSON, City


@pytest.fixture
def tokens(town: City):
    town.client("resource", resource_uris=["https://api.test/"])
    town.client("reader", permitted_resources=["https://api.test/"])
    grant = town.grant("reader", resources=("https://api.test/",))
    return town.exchange(town.code(grant), "reader").json


@pytest.mark.parametrize("caller", ["reader", "resource"])
def test_the_client_and_the_resource_are_told(town, tokens, caller):
    told = town.introspect(tokens["access_token"], caller)

    assert told["active"] is True
    assert told["token_type"] == "Bearer"
    assert told["sub"] == PERSON
    assert told["client_id"] == "reader"
    assert told["aud"] == "https://api.test/"
    assert told["acr"] == "simplified"
    assert told["scope"] == "openid profile email offline_access"
    assert "gid" not in told


def test_others_learn_nothing(town, tokens):
    assert town.introspect(tokens["access_token"], "library") == {"active": False}
    assert town.introspect(tokens["refresh_token"], "library") == {"active": False}
    assert town.introspect(tokens["refresh_token"], "resource") == {"active": False}


def test_a_refresh_token_is_told_to_its_client(town, tokens):
    told = town.introspect(tokens["refresh_token"], "reader")

    assert told["active"] is True
    assert (told["sub"], told["client_id"]) == (PERSON, "reader")


def test_a_replaced_refresh_token_is_inactive_after_the_grace(town, tokens, clock):
    town.refresh(tokens["refresh_token"], "reader")
    assert town.introspect(tokens["refresh_token"], "reader")["active"] is True
    clock.move(seconds=31)
    assert town.introspect(tokens["refresh_token"], "reader") == {"active": False}


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "a.0.ff", "я"])
def test_whatever_else_is_inactive(town, token):
    assert town.introspect(token) == {"active": False}


def test_an_id_token_is_inactive(town, tokens):
    assert town.introspect(tokens["id_token"], "reader") == {"active": False}


def test_a_token_is_needed(town):
    for path in ("/introspect", "/revoke"):
        answer = town.call("POST", path, {}, authorization=town.basic("parking"))
        assert (answer.status, answer.json["error"]) == (400, "invalid_request")


def test_strangers_and_public_clients_may_not_ask(town):
    town.client("our-city", token_endpoint_auth_method="none")

    for form in ({"token": "x"}, {"token": "x", "client_id": "our-city"}):
        answer = town.call("POST", "/introspect", form)
        assert (answer.status, answer.json["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "nonsense"])
def test_revocation_ends_the_whole_grant(town, tokens, kind, hint):
    form = {"token": tokens[kind]} | ({"token_type_hint": hint} if hint else {})
    answer = town.call("POST", "/revoke", form, authorization=town.basic("reader"))

    assert (answer.status, answer.body) == (200, b"")
    assert town.introspect(tokens["access_token"], "resource") == {"active": False}
    assert town.introspect(tokens["refresh_token"], "reader") == {"active": False}
    assert town.refresh(tokens["refresh_token"], "reader").json["error"] == "invalid_grant"


def test_nobody_revokes_what_belongs_to_another(town, tokens):
    for kind in ("access_token", "refresh_token"):
        answer = town.call("POST", "/revoke", {"token": tokens[kind]}, authorization=town.basic("library"))
        assert answer.status == 200

    assert town.introspect(tokens["access_token"], "reader")["active"] is True


def test_an_unknown_token_is_no_error(town):
    assert town.call("POST", "/revoke", {"token": "x"}, authorization=town.basic("parking")).status == 200


def test_a_public_client_may_revoke_its_own(town):
    town.client("our-city", token_endpoint_auth_method="none")
    made = town.flows.machines.revoke.refresh_tokens.make(town.grant("our-city").id, 0)
    form = {"token": made}

    assert town.call("POST", "/revoke", {**form, "client_id": "our-city"}).status == 200
    assert town.flows.grants.of_account(PERSON) == []
