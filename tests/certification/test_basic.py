"""Certification 1.2 and 1.7: ``oidcc-basic`` and ``oidcc-formpost-basic``, a test a module, each named by it."""

import base64
import json
import time
from typing import Any

import httpx
import pytest

from idp.kernel.refusal import Faulty
from tests.certification.checks import ID_TOKEN_MEMBERS, header_of
from tests.certification.portal import Person, Portal, Tokens, bearer
from tests.city import CALLBACK
from tests.provider import HttpBrowser, Provider
from tests.visitor import is_page


@pytest.fixture(params=["query", "form_post"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def first(portal: Portal, browser: HttpBrowser, person: Person, provider: Provider) -> Tokens:
    """What the portal was told of the sign-in, which by now is ten seconds old."""
    portal.signed_in(browser, person)
    provider.let_pass(person.account_id, 10)
    return portal.redeem(portal.silently(browser))


def test_server(portal: Portal, browser: HttpBrowser, person: Person):
    """oidcc-server: the whole code flow; the ID token holds no claim that wasn't asked for, no ``name``."""
    tokens = portal.redeem(portal.signed_in(browser, person))

    assert tokens.claims.keys() == ID_TOKEN_MEMBERS | {"nonce"}
    assert portal.userinfo(tokens).keys() == {"sub", "acr", "access_level"}


def test_response_type_missing(portal: Portal, browser: HttpBrowser):
    """oidcc-response-type-missing"""
    assert portal.silently(browser, response_type=None)["error"] == "invalid_request"


def test_idtoken_signature(portal: Portal, browser: HttpBrowser, person: Person):
    """oidcc-idtoken-signature: RS256 where nothing else is registered, with the ``kid`` of a published key."""
    header = header_of(portal.redeem(portal.signed_in(browser, person)).id)

    assert header["alg"] == "RS256"
    assert header["kid"] in {key["kid"] for key in portal.http.get(portal.metadata["jwks_uri"]).json()["keys"]}


def test_idtoken_unsigned(portal: Portal, provider: Provider):
    """oidcc-idtoken-unsigned: not offered, so neither announced nor registrable."""
    assert "none" not in portal.metadata["id_token_signing_alg_values_supported"]
    with pytest.raises(Faulty):
        provider.city.client("unsigned", id_token_signed_response_alg="none")


@pytest.mark.parametrize("module", ["oidcc-userinfo-get", "oidcc-userinfo-post-header", "oidcc-userinfo-post-body"])
def test_userinfo(portal: Portal, browser: HttpBrowser, person: Person, module: str):
    tokens = portal.redeem(portal.signed_in(browser, person))
    address = portal.metadata["userinfo_endpoint"]
    if module == "oidcc-userinfo-get":
        response = portal.http.get(address, headers=bearer(tokens))
    elif module == "oidcc-userinfo-post-header":
        response = portal.http.post(address, headers=bearer(tokens))
    else:
        response = portal.http.post(address, data={"access_token": tokens.access})

    assert response.status_code == 200 and response.json()["sub"] == tokens.claims["sub"]


def test_ensure_request_without_nonce_succeeds_for_code_flow(portal: Portal, browser: HttpBrowser, person: Person):
    """oidcc-ensure-request-without-nonce-succeeds-for-code-flow: and no ``nonce`` comes, null neither."""
    tokens = portal.redeem(portal.signed_in(browser, person, nonce=None))

    assert "nonce" not in tokens.claims


SCOPES = {
    "profile": {"name", "family_name", "given_name", "middle_name", "gender", "birthdate", "locale", "updated_at"},
    "email": {"email", "email_verified"},
    "phone": {"phone_number", "phone_number_verified"},
}


@pytest.mark.parametrize("scope", ["profile", "email", "phone", "all"])
def test_scope(portal: Portal, browser: HttpBrowser, person: Person, scope: str):
    """oidcc-scope-profile, -email, -phone, -all: the scope's claims come from UserInfo, not in the ID token."""
    wanted = [*SCOPES] if scope == "all" else [scope]
    tokens = portal.redeem(portal.signed_in(browser, person, scope=" ".join(["openid", *wanted])))

    claims = set().union(*(SCOPES[name] for name in wanted))
    assert portal.userinfo(tokens).keys() == {"sub", "acr", "access_level"} | claims
    assert tokens.claims.keys() == ID_TOKEN_MEMBERS | {"nonce"}


def test_scope_address(portal: Portal, browser: HttpBrowser, person: Person):
    """oidcc-scope-address: not in ``scopes_supported`` yet, and passed over."""
    tokens = portal.redeem(portal.signed_in(browser, person, scope="openid address"))

    assert "address" not in portal.metadata["scopes_supported"]
    assert tokens.answer["scope"] == "openid"


def test_alternate_happy_flow(portal: Portal, browser: HttpBrowser, person: Person):
    """oidcc-alternate-happy-flow: no order of scope values or of parameters means anything."""
    pairs = portal.request(scope="phone email openid profile")[::-1]
    page = browser.http.get("/authorize", params=pairs)

    tokens = portal.redeem(portal.answer(browser.sign_in(page, person.login)))

    assert {"name", "email", "phone_number"} <= portal.userinfo(tokens).keys()


@pytest.mark.parametrize(
    ("module", "parameters"),
    [
        ("oidcc-display-page", {"display": "page"}),
        ("oidcc-display-popup", {"display": "popup"}),
        ("oidcc-ensure-request-with-unknown-parameter-succeeds", {"extra": "foobar"}),
        ("oidcc-login-hint", {"login_hint": "buffy@example.test"}),
        ("oidcc-ui-locales", {"ui_locales": "se"}),
        ("oidcc-claims-locales", {"claims_locales": "se"}),
        ("oidcc-ensure-request-with-acr-values-succeeds", {"acr_values": "simplified standard"}),
        ("oidcc-ensure-request-with-valid-pkce-succeeds", {}),
    ],
)
def test_what_is_accepted(portal: Portal, browser: HttpBrowser, person: Person, module: str, parameters: Any):
    tokens = portal.redeem(portal.signed_in(browser, person, **parameters))

    assert tokens.claims["acr"] == "simplified"


def test_prompt_login(portal: Portal, browser: HttpBrowser, first: Tokens, person: Person):
    """oidcc-prompt-login: asked once more despite the session, and answered then; ``auth_time`` moves."""
    second = portal.redeem(portal.signed_in(browser, person, prompt="login"))

    assert second.claims["auth_time"] > first.claims["auth_time"]


def test_prompt_none_not_logged_in(portal: Portal, browser: HttpBrowser):
    """oidcc-prompt-none-not-logged-in"""
    assert portal.silently(browser, prompt="none")["error"] == "login_required"


def test_prompt_none_logged_in(portal: Portal, browser: HttpBrowser, first: Tokens):
    """oidcc-prompt-none-logged-in: the same person at the same ``auth_time``."""
    assert_same_sign_in(portal.redeem(portal.silently(browser, prompt="none")), first)


def test_max_age_1(portal: Portal, browser: HttpBrowser, first: Tokens, person: Person):
    """oidcc-max-age-1: the session is older, so it is asked again; ``auth_time`` is later and of now."""
    assert is_page(portal.ask(browser, max_age="1"), "/sign-in")
    second = portal.redeem(portal.signed_in(browser, person, max_age="1"))

    assert second.claims["auth_time"] > first.claims["auth_time"]
    assert abs(time.time() - second.claims["auth_time"]) < 300


def test_max_age_10000(portal: Portal, browser: HttpBrowser, person: Person):
    """oidcc-max-age-10000: no new sign-in, ``auth_time`` in both and the same."""
    first = portal.redeem(portal.signed_in(browser, person, max_age="15000"))

    assert_same_sign_in(portal.redeem(portal.silently(browser, max_age="10000")), first)


def test_id_token_hint(portal: Portal, browser: HttpBrowser, first: Tokens):
    """oidcc-id-token-hint: of the person who is signed in, answered without a page."""
    again = portal.silently(browser, prompt="none", id_token_hint=first.id)

    assert_same_sign_in(portal.redeem(again), first)


def test_codereuse(portal: Portal, browser: HttpBrowser, person: Person):
    """oidcc-codereuse: a second use at once is 400 ``invalid_grant``."""
    answered = portal.signed_in(browser, person)
    portal.redeem(answered)

    again = portal.exchange(answered["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_codereuse_30seconds(portal: Portal, browser: HttpBrowser, person: Person, provider: Provider):
    """oidcc-codereuse-30seconds: refused half a minute later too, and what the first use gave is revoked."""
    answered = portal.signed_in(browser, person, scope="openid offline_access")
    tokens = portal.redeem(answered)
    provider.let_codes_age(30)

    again = portal.exchange(answered["code"])

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert portal.is_shown_out(tokens)
    assert portal.refresh(tokens.refresh).json()["error"] == "invalid_grant"


def test_ensure_registered_redirect_uri(portal: Portal, browser: HttpBrowser):
    """oidcc-ensure-registered-redirect-uri: a page, no redirect."""
    assert_error_page(portal.ask(browser, redirect_uri="https://unregistered.test/callback"))


def test_ensure_post_request_succeeds(portal: Portal, browser: HttpBrowser, person: Person):
    """oidcc-ensure-post-request-succeeds: from another site, so the browser holds its cookies back."""
    held_back = portal.http.post(portal.metadata["authorization_endpoint"], data=dict(portal.request()))
    waiting = browser.follow(held_back)

    portal.redeem(portal.answer(browser.sign_in(waiting, person.login)))


def test_server_client_secret_post(portal: Portal, browser: HttpBrowser, person: Person, provider: Provider):
    """oidcc-server-client-secret-post"""
    posting = Portal.register(provider, portal.http, portal.mode, token_endpoint_auth_method="client_secret_post")

    posting.redeem(posting.signed_in(browser, person))


def unsigned(**claims: Any) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def test_request_uri_unsigned(portal: Portal, browser: HttpBrowser):
    """oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported: refused by its name."""
    assert portal.metadata["request_uri_parameter_supported"] is False
    assert portal.silently(browser, request_uri="https://rp.test/r")["error"] == "request_uri_not_supported"


def test_unsigned_request_object(portal: Portal, browser: HttpBrowser):
    """oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported: refused by its name."""
    assert portal.metadata["request_parameter_supported"] is False
    told = portal.silently(browser, request=unsigned(scope="openid", nonce="other"))
    assert told["error"] == "request_not_supported"


def test_ensure_request_object_with_redirect_uri(portal: Portal, browser: HttpBrowser):
    """oidcc-ensure-request-object-with-redirect-uri: the query's address is what counts, and it isn't registered."""
    inside = unsigned(redirect_uri=CALLBACK)

    assert_error_page(portal.ask(browser, redirect_uri="https://unregistered.test/", request=inside))


def test_claims_essential(portal: Portal, browser: HttpBrowser, person: Person):
    """oidcc-claims-essential: ``name`` comes from UserInfo, where it was asked, and nowhere else."""
    claims = json.dumps({"userinfo": {"name": {"essential": True}}})
    tokens = portal.redeem(portal.signed_in(browser, person, claims=claims))

    assert portal.userinfo(tokens)["name"] == "Иванова Анна Петровна"
    assert "name" not in tokens.claims


def test_refresh_token(portal: Portal, browser: HttpBrowser, person: Person, provider: Provider):
    """oidcc-refresh-token: same who and when, later ``iat``, no-store; another client's token is ``invalid_grant``."""
    asked = portal.ask(browser, scope="openid offline_access", prompt="consent")
    consent = browser.follow(browser.sign_in(asked, person.login))
    first = portal.redeem(portal.answer(browser.follow(browser.press(consent, answer="yes"))))
    while time.time() < first.claims["iat"] + 1:
        time.sleep(0.05)

    second = portal.read(portal.refresh(first.refresh))
    other = Portal.register(provider, portal.http)

    assert_same_sign_in(second, first)
    assert second.claims["iat"] > first.claims["iat"]
    refused = other.refresh(second.refresh)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def assert_same_sign_in(second: Tokens, first: Tokens) -> None:
    for name in ("iss", "sub", "aud", "auth_time", "azp"):
        assert second.claims.get(name) == first.claims.get(name), name


def assert_error_page(page: httpx.Response) -> None:
    assert page.status_code == 400 and "Location" not in page.headers
    assert '="https://unregistered.test' not in page.text and "<form" not in page.text
