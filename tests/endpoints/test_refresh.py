"""Refresh tokens at the token endpoint: rotation, reuse, the grace, and what is looked at afresh."""

import pytest

from idp.assurance.acr import AcrRequest
from tests.city import PERSON, City
from tests.conftest import StillClock


def tokens(town: City, **changes):
    return town.exchange(town.code(town.grant(**changes))).json


def test_a_refresh_keeps_who_and_when_and_gives_new_tokens(town: City, clock: StillClock):
    first = tokens(town)
    clock.move(minutes=4)
    answer = town.refresh(first["refresh_token"])

    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    old, new = town.claims(first["id_token"]), town.claims(answer.json["id_token"])
    for name in ("iss", "sub", "aud", "auth_time", "sid", "acr"):
        assert new[name] == old[name]
    assert new["iat"] > old["iat"]
    assert "nonce" not in new
    assert answer.json["refresh_token"] != first["refresh_token"]
    assert answer.json["access_token"] != first["access_token"]


def test_two_refreshes_within_one_second_both_work(town):
    answer = town.refresh(tokens(town)["refresh_token"])

    assert town.refresh(answer.json["refresh_token"]).status == 200


def test_within_the_grace_the_previous_token_gives_the_same_successor(town, clock):
    first = tokens(town)["refresh_token"]
    second = town.refresh(first).json["refresh_token"]
    clock.move(seconds=30)

    assert town.refresh(first).json["refresh_token"] == second
    assert town.refresh(second).status == 200


def test_a_clock_that_goes_back_makes_no_long_grace_and_ends_nothing_that_is_newer(town, clock):
    town.disprove("email")
    town.at = clock()
    town.prove("email")
    tokens = town.exchange(town.code(town.grant())).json
    renewed = town.refresh(tokens["refresh_token"]).json
    clock.move(hours=-1)

    # The level was proved in an hour that hasn't come yet: the grant lives, and so does its token.
    assert town.introspect(renewed["access_token"])["active"]
    newest = town.refresh(renewed["refresh_token"]).json
    assert town.refresh(renewed["refresh_token"]).json["refresh_token"] == newest["refresh_token"]
    clock.move(hours=-1)
    assert town.refresh(renewed["refresh_token"]).json["error"] == "invalid_grant"


def test_after_the_grace_the_previous_token_ends_the_grant(town, clock):
    first = tokens(town)["refresh_token"]
    second = town.refresh(first).json
    clock.move(seconds=31)

    assert town.refresh(first).json["error"] == "invalid_grant"
    assert town.refresh(second["refresh_token"]).json["error"] == "invalid_grant"
    assert town.userinfo(second["access_token"]).status == 401


def test_once_the_successor_is_used_the_previous_token_ends_the_grant(town):
    first = tokens(town)["refresh_token"]
    second = town.refresh(first).json["refresh_token"]
    third = town.refresh(second).json["refresh_token"]

    assert town.refresh(first).json["error"] == "invalid_grant"
    assert town.refresh(third).json["error"] == "invalid_grant"


def test_another_clients_token_is_refused_and_stays(town):
    first = tokens(town)["refresh_token"]

    answer = town.refresh(first, "library")

    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")
    assert town.refresh(first).status == 200


@pytest.mark.parametrize("form", [{"scope": "openid phone"}, {"resource": "https://unknown.test/"}])
def test_a_refused_request_does_not_cost_the_token(town, form):
    first = tokens(town)["refresh_token"]

    assert town.refresh(first, **form).status == 400
    assert town.refresh(first).status == 200


def test_the_scope_may_be_narrowed_for_one_access_token(town):
    answer = town.refresh(tokens(town)["refresh_token"], scope="openid").json

    assert answer["scope"] == "openid"
    assert "email" not in town.userinfo(answer["access_token"]).json
    assert town.refresh(answer["refresh_token"]).json["scope"] == "openid profile email offline_access"


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "a.0.", "a.0.0", "a.-1.f", "a.0." + "f" * 64, "я" * 10, "a" * 5000]
)
def test_what_we_did_not_make_is_refused(town, token):
    answer = town.refresh(token)

    assert answer.status == 400
    assert answer.json["error"] in ("invalid_grant", "invalid_request")


def test_a_token_changed_in_any_place_is_refused(town):
    token = tokens(town)["refresh_token"]
    for place in range(0, len(token), 7):
        changed = token[:place] + ("1" if token[place] != "1" else "2") + token[place + 1 :]
        assert town.refresh(changed).json["error"] == "invalid_grant"
    assert town.refresh(token).status == 200


def test_the_level_comes_afresh_with_every_refresh(town):
    town.prove("pension_fund")
    first = tokens(town, acr_request=AcrRequest(("standard", "simplified"), binding=False))
    assert town.claims(first["id_token"])["acr"] == "standard"

    town.disprove("pension_fund")
    second = town.refresh(first["refresh_token"]).json
    assert town.claims(second["id_token"])["acr"] == "simplified"
    assert town.claims(second["access_token"], "at+jwt")["access_level"] == "simplified"

    town.prove("pension_fund")
    third = town.refresh(second["refresh_token"]).json
    assert town.claims(third["id_token"])["acr"] == "standard"


def test_a_binding_level_that_is_lost_ends_the_grant_for_good(town):
    town.prove("pension_fund")
    first = tokens(town, acr_request=AcrRequest(("standard",), binding=True))
    town.disprove("pension_fund")

    assert town.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    town.prove("pension_fund")
    assert town.refresh(first["refresh_token"]).json["error"] == "invalid_grant"


def test_nobody_without_a_level_gets_a_token(town):
    first = tokens(town)
    town.disprove("email")

    assert town.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    assert town.userinfo(first["access_token"]).status == 401


def test_a_grant_without_offline_access_ends_with_the_session(town):
    online = tokens(town)["refresh_token"]
    offline = tokens(town, offline=True)["refresh_token"]
    town.sign_out()

    assert town.refresh(online).json["error"] == "invalid_grant"
    answer = town.refresh(offline)
    assert answer.status == 200
    told = town.claims(answer.json["id_token"])
    assert (told["sub"], told["acr"], told["amr"]) == (PERSON, "simplified", ["pwd"])
    assert "sid" not in told


def test_an_idle_session_gives_nothing_more_without_offline_access(town, clock):
    online = tokens(town)["refresh_token"]
    clock.move(minutes=31)

    assert town.refresh(online).json["error"] == "invalid_grant"


def test_a_grant_expires(town, clock):
    offline = tokens(town, offline=True)["refresh_token"]
    clock.move(days=91)

    assert town.refresh(offline).json["error"] == "invalid_grant"
