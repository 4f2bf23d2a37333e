"""Certification 1.1: what is checked around every module, line by line over one sign-in.

The portal of these tests makes the same checks at every answer of every other test: a rule that breaks is seen there.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from tests.certification.checks import is_strong
from tests.certification.portal import STATE, Person, Portal, Tokens
from tests.city import CALLBACK
from tests.provider import HttpBrowser, Provider

WITH_EVERYTHING = "openid profile email phone consents offline_access"
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@pytest.fixture
def answered(portal: Portal, browser: HttpBrowser, person: Person) -> dict[str, str]:
    return portal.signed_in(browser, person, scope=WITH_EVERYTHING)


@pytest.fixture
def tokens(portal: Portal, answered: dict[str, str]) -> Tokens:
    return portal.redeem(answered)


def test_discovery_answers_json_with_the_needed_endpoints(portal: Portal):
    needed = {"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"}

    assert needed <= portal.metadata.keys()


def test_the_keys_are_valid_public_and_each_has_a_kid_of_its_own(portal: Portal):
    response = portal.http.get(portal.metadata["jwks_uri"])

    keys = response.json()["keys"]
    assert response.status_code == 200 and keys
    assert len({key["kid"] for key in keys}) == len(keys)
    for key in keys:
        assert not PRIVATE & key.keys()
        needed = {"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}, "OKP": {"crv", "x"}}[key["kty"]]
        assert needed <= key.keys() and key["use"] == "sig"


def test_the_state_of_128_characters_comes_back_as_it_was_sent(portal: Portal, answered: dict[str, str]):
    assert len(STATE) == 128 and answered["state"] == STATE


def test_without_a_state_none_comes_back(portal: Portal, browser: HttpBrowser, person: Person):
    assert "state" not in portal.signed_in(browser, person, state=None)
    assert "state" not in portal.silently(browser, state=None, prompt="none", max_age="x")


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
@pytest.mark.parametrize("wanted", [{}, {"response_type": "token"}], ids=["success", "error"])
def test_an_answer_is_delivered_in_its_place_alone(
    provider: Provider, http: Any, browser: HttpBrowser, person: Person, mode: str, wanted: dict[str, str]
):
    address = "https://parking.test/callback?dummy1=lorem&dummy2=ipsum%20dolor"
    portal = Portal.register(provider, http, redirect_uris=[CALLBACK, address])
    portal.signed_in(browser, person)

    page = portal.ask(browser, redirect_uri=address, response_mode=mode, **wanted)

    if mode == "form_post":
        assert "Location" not in page.headers
        assert 'action="https://parking.test/callback?dummy1=lorem&amp;dummy2=ipsum%20dolor"' in page.text
    else:
        sign = {"query": "&", "fragment": "#"}[mode]
        where, _, rest = page.headers["Location"].partition(address + sign)
        assert where == "" and rest.startswith(("code=", "error=")) and "#" not in rest


def test_codes_and_tokens_are_strong(portal: Portal, answered: dict[str, str], tokens: Tokens, browser: HttpBrowser):
    codes = {answered["code"], *(portal.silently(browser)["code"] for _ in range(20))}

    assert len(codes) == 21
    assert all(is_strong(secret) for secret in (*codes, tokens.access, tokens.refresh))
    assert not is_strong("a" * 64) and not is_strong("0123456789abcde")


def test_the_id_token_holds_what_was_asked_and_no_claim_of_a_scope(portal: Portal, tokens: Tokens):
    kept_for_userinfo = {"name", "family_name", "given_name", "email", "phone_number", "updated_at", "consents"}

    assert not kept_for_userinfo & tokens.claims.keys()
    assert tokens.claims["aud"] == portal.client_id
    assert tokens.claims["nonce"] == portal.sent["nonce"]


def test_at_hash_is_right(tokens: Tokens):
    half = hashlib.sha256(tokens.access.encode()).digest()[:16]
    assert tokens.claims["at_hash"] == urlsafe_b64encode(half).rstrip(b"=").decode()


def test_userinfo_is_of_the_same_person_with_every_claim_of_its_type(portal: Portal, tokens: Tokens):
    told = portal.userinfo(tokens)

    assert told["email_verified"] is True and told["phone_number_verified"] is True
    assert told["updated_at"] < 10**10, "milliseconds"


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"response_type": None}, "invalid_request"),
    ({"response_type": "id_token token"}, "unsupported_response_type"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"prompt": "none"}, "login_required"),
    ({"scope": "тайна"}, "invalid_scope"),
    ({"max_age": "tomorrow"}, "invalid_request"),
    ({"claims": json.dumps(["name"])}, "invalid_request"),
    ({"registration": "{}"}, "registration_not_supported"),
    ({"resource": "https://nobody.test/"}, "invalid_target"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"id_token_hint": "forged"}, "invalid_request"),
]


@pytest.mark.parametrize(("wanted", "error"), FAULTS)
def test_an_error_goes_to_the_redirect_uri_with_the_exact_state(
    portal: Portal, browser: HttpBrowser, wanted: dict[str, Any], error: str
):
    told = portal.silently(browser, **wanted)

    assert told["error"] == error and told["state"] == STATE and "code" not in told
