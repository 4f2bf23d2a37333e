"""Certification 1.5: ``oidcc-config`` and ``oidcc-discovery-endpoint-verification``, of a provider behind https too."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.provider import Provider, serving

PATHS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")


def is_address(value: Any) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in ("http", "https") and not urlsplit(value).fragment


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def are_words(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) and item for item in value)


#: The schema: every member that a document may have, by its specification, and what it must be.
MEMBERS: Mapping[str, Callable[[Any], bool]] = {
    # OpenID Connect Discovery 1.0, 3.
    "issuer": is_address,
    "authorization_endpoint": is_address,
    "token_endpoint": is_address,
    "userinfo_endpoint": is_address,
    "jwks_uri": is_address,
    "registration_endpoint": is_address,
    "scopes_supported": are_words,
    "response_types_supported": are_words,
    "response_modes_supported": are_words,
    "grant_types_supported": are_words,
    "acr_values_supported": are_words,
    "subject_types_supported": are_words,
    "id_token_signing_alg_values_supported": are_words,
    "id_token_encryption_alg_values_supported": are_words,
    "id_token_encryption_enc_values_supported": are_words,
    "userinfo_signing_alg_values_supported": are_words,
    "userinfo_encryption_alg_values_supported": are_words,
    "userinfo_encryption_enc_values_supported": are_words,
    "request_object_signing_alg_values_supported": are_words,
    "token_endpoint_auth_methods_supported": are_words,
    "token_endpoint_auth_signing_alg_values_supported": are_words,
    "display_values_supported": are_words,
    "claim_types_supported": are_words,
    "claims_supported": are_words,
    "service_documentation": is_address,
    "claims_locales_supported": are_words,
    "ui_locales_supported": are_words,
    "claims_parameter_supported": is_flag,
    "request_parameter_supported": is_flag,
    "request_uri_parameter_supported": is_flag,
    "require_request_uri_registration": is_flag,
    "op_policy_uri": is_address,
    "op_tos_uri": is_address,
    # RFC 8414, 2.
    "revocation_endpoint": is_address,
    "revocation_endpoint_auth_methods_supported": are_words,
    "revocation_endpoint_auth_signing_alg_values_supported": are_words,
    "introspection_endpoint": is_address,
    "introspection_endpoint_auth_methods_supported": are_words,
    "introspection_endpoint_auth_signing_alg_values_supported": are_words,
    "code_challenge_methods_supported": are_words,
    # RFC 9207 3; Initiating User Registration 1.0; RP-Initiated and Back-Channel Logout 1.0.
    "authorization_response_iss_parameter_supported": is_flag,
    "prompt_values_supported": are_words,
    "end_session_endpoint": is_address,
    "backchannel_logout_supported": is_flag,
    "backchannel_logout_session_supported": is_flag,
    # OpenID Connect for Identity Assurance 1.0, 8; the first one as the suite still asks for it.
    "verified_claims_supported": is_flag,
    "trust_frameworks_supported": are_words,
    "evidence_supported": are_words,
    "documents_supported": are_words,
    "documents_methods_supported": are_words,
    "documents_check_methods_supported": are_words,
    "electronic_records_supported": are_words,
    "claims_in_verified_claims_supported": are_words,
}
Read = Callable[[str], httpx.Response]


@pytest.fixture(scope="module")
def behind_https(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A provider that a proxy with TLS would stand before: its issuer is https, its own line is not."""
    with serving(tmp_path_factory.mktemp("https"), "https://id.city.test") as running:
        yield running


@pytest.fixture(params=["loopback", "behind_https"])
def read(request: pytest.FixtureRequest, http: httpx.Client) -> Read:
    name = "provider" if request.param == "loopback" else request.param
    provider: Provider = request.getfixturevalue(name)
    return lambda path: http.get(provider.address + path)


@pytest.fixture
def document(read: Read) -> dict[str, Any]:
    return dict(read(PATHS[0]).json())


@pytest.mark.parametrize("path", PATHS)
def test_it_is_json_and_of_the_issuer_it_came_from(read: Read, path: str):
    response = read(path)

    assert response.status_code == 200 and response.headers["Content-Type"] == "application/json"
    issuer = response.json()["issuer"]
    assert issuer in (f"{response.url.scheme}://{response.url.netloc.decode()}", "https://id.city.test")
    assert not urlsplit(issuer).query and not urlsplit(issuer).fragment and not issuer.endswith("/")


def test_every_member_is_known_and_of_its_type(document: dict[str, Any]):
    assert document.keys() <= MEMBERS.keys()
    for name, value in document.items():
        assert MEMBERS[name](value), name
        assert not isinstance(value, list) or len(set(value)) == len(value), name


def test_it_lists_what_must_be_listed(document: dict[str, Any]):
    assert "code" in document["response_types_supported"]
    assert set(document["subject_types_supported"]) <= {"public", "pairwise"}
    assert "RS256" in document["id_token_signing_alg_values_supported"]
    assert {"RS256", "ES256", "EdDSA"} >= set(document["userinfo_signing_alg_values_supported"])
    assert {"openid", "profile", "email", "phone"} <= set(document["scopes_supported"])
    assert all(re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", scope) for scope in document["scopes_supported"])
    assert document["claims_supported"]
    assert all(re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", locale) for locale in document["ui_locales_supported"])


def test_grant_types_are_those_offered_without_implicit(document: dict[str, Any]):
    assert document["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]


def test_what_is_not_offered_is_not_announced(document: dict[str, Any]):
    assert document["request_parameter_supported"] is document["request_uri_parameter_supported"] is False
    assert not {"registration_endpoint", "request_object_signing_alg_values_supported"} & document.keys()


def test_every_address_is_https_when_the_issuer_is(behind_https: Provider, http: httpx.Client):
    document = http.get(behind_https.address + PATHS[0]).json()

    addresses = {name: value for name, value in document.items() if MEMBERS[name] is is_address}
    assert len(addresses) > 8
    assert all(value.startswith("https://id.city.test") for value in addresses.values())


@pytest.fixture
def browser(behind_https: Provider) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=behind_https.address, trust_env=False) as client:
        yield client


def test_forwarded_headers_of_strangers_change_no_address(browser: httpx.Client):
    forged = {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.test", "Host": "evil.test", "Forwarded": "host=x"}

    assert b"evil.test" not in browser.get(PATHS[0], headers=forged).content
    page = browser.get("/sign-in", headers=forged)
    assert page.status_code == 200 and "evil.test" not in page.text


def test_behind_https_cookies_are_secure_and_the_browser_is_told_to_stay(browser: httpx.Client):
    page = browser.get("/sign-in")

    assert page.headers["Set-Cookie"].startswith("__Host-") and "Secure" in page.headers["Set-Cookie"]
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")


def test_the_pages_it_names_are_there(document: dict[str, Any], read: Read):
    for name in ("op_policy_uri", "op_tos_uri"):
        assert read(urlsplit(document[name]).path).status_code == 200, name
