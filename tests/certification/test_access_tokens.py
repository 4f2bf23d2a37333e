"""Access tokens by RFC 9068 as the requirements ask for them: members, audience, subject, and who may introspect."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from tests.certification.checks import header_of
from tests.certification.portal import Person, Portal, Tokens
from tests.provider import HttpBrowser, Provider

API, FILES = "https://api.test/v1", "https://files.test/"


@pytest.fixture(scope="module")
def resources(provider: Provider, http: httpx.Client) -> dict[str, Portal]:
    """Each resource server is a client that is registered as the resource."""
    return {
        uri: Portal.register(
            provider, http, resource_uris=[uri], grant_types=["client_credentials"], scope="", redirect_uris=None
        )
        for uri in (API, FILES)
    }


@pytest.fixture
def portal(provider: Provider, http: httpx.Client, resources: dict[str, Portal]) -> Portal:
    return Portal.register(provider, http, permitted_resources=[API, FILES])


@pytest.fixture
def service(provider: Provider, http: httpx.Client, resources: dict[str, Portal]) -> Portal:
    """A service that speaks for itself."""
    return Portal.register(
        provider,
        http,
        grant_types=["client_credentials"],
        redirect_uris=None,
        scope="parking:read parking:write",
        permitted_resources=[API],
    )


def told_of(portal: Portal, token: str) -> dict[str, Any]:
    """Introspect as this client."""
    address = portal.metadata["introspection_endpoint"]
    response = portal.http.post(address, data={"token": token}, auth=(portal.client_id, portal.secret))
    assert response.status_code == 200 and "no-store" in response.headers["Cache-Control"]
    return dict(response.json())


def of_itself(service: Portal, **wanted: Any) -> str:
    answer = service.http.post(
        service.metadata["token_endpoint"],
        data={"grant_type": "client_credentials", **wanted},
        auth=(service.client_id, service.secret),
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def test_of_a_person_it_holds_every_member(portal: Portal, browser: HttpBrowser, person: Person, provider: Provider):
    portal.signed_in(browser, person)
    provider.let_pass(person.account_id, 100)
    tokens = portal.redeem(portal.silently(browser, scope="openid email"))

    assert header_of(tokens.access)["typ"] == "at+jwt" and header_of(tokens.access)["alg"] == "ES256"
    told = portal.verified(tokens.access)
    assert (told["iss"], told["aud"]) == (portal.metadata["issuer"], portal.metadata["issuer"])
    assert (told["sub"], told["client_id"]) == (tokens.claims["sub"], portal.client_id)
    assert told["scope"] == tokens.answer["scope"] == "openid email"
    assert told["exp"] - told["iat"] == tokens.answer["expires_in"] == 300
    assert (told["acr"], told["access_level"]) == ("simplified", "simplified")
    assert told["auth_time"] == tokens.claims["auth_time"] <= told["iat"] - 100
    assert told["jti"] and told["gid"] and told["jti"] != told["gid"]


def test_of_a_service_it_holds_no_person(service: Portal):
    told = service.verified(of_itself(service))

    assert told.keys() == {"iss", "sub", "aud", "client_id", "scope", "iat", "exp", "jti"}
    assert told["sub"] == told["client_id"] == service.client_id
    assert told["aud"] == service.metadata["issuer"]
    assert service.verified(of_itself(service, resource=API))["aud"] == API


@pytest.mark.parametrize(
    ("at_authorize", "at_token", "audience"),
    [
        ([], [], None),
        ([API], [], API),
        ([API, FILES], [], [API, FILES]),
        ([API, FILES], [FILES], FILES),
        ([], [API], API),
    ],
)
def test_the_audience_is_what_was_asked_for_else_the_issuer(
    portal: Portal, browser: HttpBrowser, person: Person, at_authorize: list[str], at_token: list[str], audience: Any
):
    answered = portal.answer(
        browser.sign_in(
            browser.http.get(
                "/authorize", params=[*portal.request(), *(("resource", resource) for resource in at_authorize)]
            ),
            person.login,
        )
    )
    wanted = {"resource": at_token} if at_token else {}
    tokens = portal.read(portal.exchange(answered["code"], **wanted), portal.sent["nonce"])

    assert portal.verified(tokens.access)["aud"] == (audience or portal.metadata["issuer"])
    assert tokens.claims["aud"] == portal.client_id


def test_a_foreign_resource_is_invalid_target_at_both_endpoints(portal: Portal, browser: HttpBrowser, person: Person):
    answered = portal.signed_in(browser, person)

    assert portal.silently(browser, resource="https://foreign.test/")["error"] == "invalid_target"
    refused = portal.exchange(answered["code"], resource="https://foreign.test/")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")


class TestIntrospection:
    @pytest.fixture
    def tokens(self, portal: Portal, browser: HttpBrowser, person: Person) -> Tokens:
        return portal.redeem(portal.signed_in(browser, person, resource=API, scope="openid offline_access"))

    def test_the_tokens_client_and_its_resource_are_told(
        self, portal: Portal, resources: dict[str, Portal], tokens: Tokens
    ):
        for caller in (portal, resources[API]):
            told = told_of(caller, tokens.access)
            assert told["active"] is True
            assert (told["sub"], told["client_id"], told["aud"]) == (tokens.claims["sub"], portal.client_id, API)
            assert (told["acr"], told["scope"]) == ("simplified", "openid offline_access")

    def test_everybody_else_is_told_that_it_is_inactive_and_no_more(
        self, provider: Provider, http: httpx.Client, resources: dict[str, Portal], tokens: Tokens, service: Portal
    ):
        for caller in (resources[FILES], service, Portal.register(provider, http)):
            assert told_of(caller, tokens.access) == {"active": False}
            assert told_of(caller, tokens.refresh) == {"active": False}

    def test_a_refresh_token_is_its_clients_business_alone(
        self, portal: Portal, resources: dict[str, Portal], tokens: Tokens
    ):
        assert told_of(portal, tokens.refresh)["active"] is True
        assert told_of(resources[API], tokens.refresh) == {"active": False}

    def test_a_services_token_goes_by_the_same_rule(self, service: Portal, resources: dict[str, Portal]):
        token = of_itself(service, resource=API)

        assert told_of(service, token)["sub"] == told_of(resources[API], token)["client_id"] == service.client_id
        assert told_of(resources[FILES], token) == {"active": False}

    def test_nobody_asks_without_proof(self, provider: Provider, http: httpx.Client, portal: Portal, tokens: Tokens):
        public = Portal.register(provider, http, token_endpoint_auth_method="none")
        address, form = portal.metadata["introspection_endpoint"], {"token": tokens.access}

        for more in ({}, {"client_id": portal.client_id}, {"client_id": public.client_id}):
            refused = http.post(address, data={**form, **more})
            assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


class _Sector(BaseHTTPRequestHandler):
    redirects = ("https://one.test/cb", "https://two.test/cb")

    def do_GET(self) -> None:
        body = json.dumps(self.redirects).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def sector_document() -> Iterator[str]:
    """Serve a document that makes one sector of two hosts; yield its address."""
    with HTTPServer(("127.0.0.1", 0), _Sector) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/sector.json"
        server.shutdown()
        thread.join()


def test_pairwise_subjects_are_one_in_a_sector_and_say_nothing_outside_it(
    provider: Provider, http: httpx.Client, browser: HttpBrowser, person: Person
):
    with sector_document() as address:
        together = [
            Portal.register(provider, http, subject_type="pairwise", sector_identifier_uri=address, redirect_uris=[uri])
            for uri in _Sector.redirects
        ]
    apart = Portal.register(provider, http, subject_type="pairwise")
    subs = []
    for portal, uri in zip((*together, apart), (*_Sector.redirects, apart.redirect_uri), strict=True):
        portal.redirect_uri = uri
        answered = portal.silently(browser) if subs else portal.signed_in(browser, person)
        tokens = portal.redeem(answered)
        seen = (portal.userinfo(tokens), portal.verified(tokens.access), told_of(portal, tokens.access))
        assert {told["sub"] for told in seen} == {tokens.claims["sub"]}
        subs.append(tokens.claims["sub"])

    assert subs[0] == subs[1] != subs[2]
    assert person.account_id not in subs
