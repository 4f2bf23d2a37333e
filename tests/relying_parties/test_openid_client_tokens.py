"""openid-client uses tokens: refresh, introspection, revocation, resources, a client's own, and levels that change."""

from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.provider import Provider
from tests.relying_parties.arrange import Person, settle
from tests.relying_parties.browser import Browser
from tests.relying_parties.openid_client import ARCHIVE, RECORDS, OpenidClient

OFFLINE = "openid email offline_access"


@pytest.fixture
def at(browser: Browser, portals: OpenidClient, anna: Person) -> Any:
    """Sign Anna in at a portal; return its tokens."""

    def sign_in(portal: str = "basic", person: Person = anna, **wishes: Any) -> Any:
        portals.sign_in(browser, portal, **wishes)
        browser.sign_in(person)
        return portals.told(browser)

    return sign_in


class TestRefresh:
    @pytest.mark.parametrize("portal", ["basic", "post", "key", "public"])
    def test_brings_new_tokens_of_the_same_sign_in(self, at, browser, portals, portal: str):
        first = at(portal, scope=OFFLINE)

        second = portals.call(browser, portal, "refresh")

        same = ("iss", "sub", "aud", "auth_time", "acr", "amr", "sid")
        assert {name: second["claims"][name] for name in same} == {name: first["claims"][name] for name in same}
        assert "nonce" not in second["claims"] and second["claims"]["iat"] >= first["claims"]["iat"]
        assert second["access_token"] != first["access_token"] and second["refresh_token"] != first["refresh_token"]
        assert portals.call(browser, portal, "userinfo")["email"] == "anna@example.ru"

    def test_a_lost_answer_may_be_asked_for_again_while_its_successor_is_unused(self, at, browser, portals):
        first = at(scope=OFFLINE)["refresh_token"]

        answers = [portals.call(browser, "basic", "refresh", refresh_token=first) for _ in range(2)]

        assert answers[0]["refresh_token"] == answers[1]["refresh_token"] != first

    def test_reuse_ends_the_family(self, at, browser, portals):
        first = at(scope=OFFLINE)["refresh_token"]
        second = portals.call(browser, "basic", "refresh", refresh_token=first)
        third = portals.call(browser, "basic", "refresh", refresh_token=second["refresh_token"])

        assert portals.call(browser, "basic", "refresh", refresh_token=first)["error"] == "invalid_grant"
        dead = portals.call(browser, "basic", "refresh", refresh_token=third["refresh_token"])
        assert dead["error"] == "invalid_grant"
        assert portals.call(browser, "basic", "userinfo", token=third["access_token"])["error"] == "invalid_token"

    def test_another_clients_token_is_refused_and_not_used_up(self, at, browser, portals):
        token = at(scope=OFFLINE)["refresh_token"]

        assert portals.call(browser, "post", "refresh", refresh_token=token)["error"] == "invalid_grant"
        assert "access_token" in portals.call(browser, "basic", "refresh", refresh_token=token)

    def test_may_ask_for_less_and_never_for_more(self, at, browser, portals):
        at(scope=OFFLINE)

        assert portals.call(browser, "basic", "refresh", scope="openid")["scope"] == "openid"
        assert "email" not in portals.call(browser, "basic", "userinfo")
        assert portals.call(browser, "basic", "refresh", scope="openid phone")["error"] == "invalid_scope"
        assert "email" in portals.call(browser, "basic", "refresh")["scope"].split()


class TestRevocation:
    @pytest.mark.parametrize("which", ["access_token", "refresh_token"])
    def test_ends_every_token_of_the_grant(self, at, browser, portals, which: str):
        tokens = at(scope=OFFLINE)

        assert portals.call(browser, "basic", "revoke", token=tokens[which]) == {"revoked": True}

        assert portals.call(browser, "basic", "userinfo")["error"] == "invalid_token"
        assert portals.call(browser, "basic", "refresh")["error"] == "invalid_grant"
        for token in (tokens["access_token"], tokens["refresh_token"]):
            assert portals.call(browser, "basic", "introspect", token=token) == {"active": False}

    def test_a_strangers_or_unknown_token_changes_nothing(self, at, browser, portals):
        tokens = at(scope=OFFLINE)

        for token in (tokens["access_token"], tokens["refresh_token"], "unknown"):
            assert portals.call(browser, "post", "revoke", token=token) == {"revoked": True}

        assert "sub" in portals.call(browser, "basic", "userinfo")

    def test_a_services_own_token_is_dead_too(self, browser, portals):
        token = portals.call(browser, "nightly", "own", resource=RECORDS)["access_token"]
        assert portals.call(browser, "records", "introspect", token=token)["active"] is True

        portals.call(browser, "nightly", "revoke", token=token)

        assert portals.call(browser, "records", "introspect", token=token) == {"active": False}


class TestIntrospection:
    def test_tells_the_tokens_client(self, at, browser, portals, provider: Provider, anna):
        tokens = at(scope=OFFLINE)

        access = portals.call(browser, "basic", "introspect", token=tokens["access_token"])
        refresh = portals.call(browser, "basic", "introspect", token=tokens["refresh_token"])

        assert access["active"] and access["acr"] == "simplified" and access["aud"] == provider.issuer
        assert refresh["active"] and refresh["token_type"] == "refresh_token"
        for told in (access, refresh):
            assert (told["sub"], told["client_id"]) == (anna.account_id, "basic")
            assert set(told["scope"].split()) == set(OFFLINE.split())

    def test_tells_the_resource_and_nobody_else(self, at, browser, portals):
        token = at("visitor", resource=RECORDS)["access_token"]

        told = portals.call(browser, "records", "introspect", token=token)

        assert (told["active"], told["aud"], told["client_id"]) == (True, RECORDS, "visitor")
        assert portals.call(browser, "basic", "introspect", token=token) == {"active": False}
        assert portals.call(browser, "nightly", "introspect", token=token) == {"active": False}


def as_resource(provider: Provider, token: str, audience: str) -> dict[str, Any]:
    """Look at an access token as a resource server does by itself (RFC 9068 4)."""
    keys = KeySet.import_key_set(httpx.get(f"{provider.issuer}/jwks", trust_env=False).json())
    read = jwt.decode(token, keys, algorithms=["ES256"])
    assert read.header["typ"] == "at+jwt"
    essential = {"essential": True}
    registry = jwt.JWTClaimsRegistry(
        iss={"value": provider.issuer, **essential},
        aud={"value": audience, **essential},
        exp=essential,
        sub=essential,
        client_id=essential,
        iat=essential,
        jti=essential,
    )
    registry.validate(read.claims)
    return read.claims


class TestResources:
    def test_a_token_is_for_the_resource_that_was_asked(self, at, browser, portals, provider: Provider, anna):
        token = at("visitor", resource=RECORDS)["access_token"]

        claims = as_resource(provider, token, RECORDS)

        assert (claims["sub"], claims["acr"], claims["access_level"]) == (anna.account_id, "simplified", "simplified")
        assert portals.call(browser, "visitor", "userinfo", token=token)["error"] == "invalid_token"

    def test_of_several_resources_each_token_may_be_for_one(self, at, browser, portals, provider: Provider):
        first = at("visitor", scope=OFFLINE, resource=[RECORDS, ARCHIVE])
        for resource in (RECORDS, ARCHIVE):
            as_resource(provider, first["access_token"], resource)

        narrowed = portals.call(browser, "visitor", "refresh", resource=ARCHIVE)

        assert as_resource(provider, narrowed["access_token"], ARCHIVE)["aud"] == ARCHIVE
        refused = portals.call(browser, "visitor", "refresh", resource="https://other.test")
        assert refused["error"] == "invalid_target"

    @pytest.mark.parametrize("resource", ["https://other.test", "not an address", f"{RECORDS}/#fragment"])
    def test_an_unknown_one_is_refused_by_redirect(self, browser, portals, resource: str):
        assert portals.sign_in(browser, "visitor", resource=resource)["error"] == "invalid_target"

    def test_one_that_is_not_the_clients_is_refused(self, browser, portals):
        assert portals.sign_in(browser, "basic", resource=RECORDS)["error"] == "invalid_target"


class TestAClientsOwn:
    def test_token_speaks_of_the_client_alone(self, browser, portals, provider: Provider):
        told = portals.call(browser, "nightly", "own", resource=RECORDS, scope="records:read")

        claims = as_resource(provider, told["access_token"], RECORDS)
        assert (claims["sub"], claims["client_id"], claims["scope"]) == ("nightly", "nightly", "records:read")
        assert not {"acr", "auth_time", "access_level", "acting_for"} & claims.keys()
        assert not {"id_token", "refresh_token"} & told.keys()

    @pytest.mark.parametrize("scope", ["openid", "records:delete", "offline_access"])
    def test_scopes_that_are_not_its_own_are_refused(self, browser, portals, scope: str):
        assert portals.call(browser, "nightly", "own", scope=scope)["error"] == "invalid_scope"

    def test_a_portal_that_is_not_registered_for_it_is_refused(self, browser, portals):
        assert portals.call(browser, "basic", "own")["error"] == "unauthorized_client"


class TestLevels:
    """Rule 8 of the acr table: level and methods are looked at afresh at every issue, up and down."""

    def test_a_level_that_rises_comes_with_the_next_refresh(self, at, browser, portals, provider: Provider):
        riser = settle(provider, "riser")
        assert at(person=riser, scope=OFFLINE)["claims"]["acr"] == "simplified"
        provider.city.prove("pension_fund", riser.account_id)

        claims = portals.call(browser, "basic", "refresh")["claims"]

        assert (claims["acr"], claims["access_level"]) == ("standard", "standard")

    def test_a_level_that_falls_kills_the_token_and_comes_with_the_next_refresh(
        self, at, browser, portals, provider: Provider
    ):
        faller = settle(provider, "faller", "standard")
        token = at(person=faller, scope=OFFLINE)["access_token"]
        provider.city.disprove("pension_fund", faller.account_id)

        assert portals.call(browser, "basic", "introspect", token=token) == {"active": False}
        assert portals.call(browser, "basic", "userinfo")["error"] == "invalid_token"
        claims = portals.call(browser, "basic", "refresh")["claims"]
        assert (claims["acr"], claims["access_level"]) == ("simplified", "simplified")

    def test_a_grant_whose_binding_level_is_lost_is_ended_for_good(self, at, browser, portals, provider: Provider):
        loser = settle(provider, "loser", "standard")
        at("at-least-standard", person=loser, scope=OFFLINE)
        provider.city.disprove("pension_fund", loser.account_id)

        assert portals.call(browser, "at-least-standard", "refresh")["error"] == "invalid_grant"
        provider.city.prove("pension_fund", loser.account_id)
        assert portals.call(browser, "at-least-standard", "refresh")["error"] == "invalid_grant"
        assert "claims" in portals.sign_in(browser, "at-least-standard")
