"""Discovery and keys: what they promise is what the code does, and they cost nothing."""

import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.discovery import OpenIDProviderMetadata

from idp.clients.metadata import judge
from idp.flows.authorize.check_request import PROMPTS
from idp.flows.grants import GRANT_TYPES
from tests.city import City

PATHS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")


def test_authlib_finds_nothing_wrong_with_it(city):
    document = city.call("GET", PATHS[0]).json

    OpenIDProviderMetadata(document).validate()
    AuthorizationServerMetadata(document).validate()


@pytest.mark.parametrize("path", PATHS)
def test_both_documents_are_the_same_bytes_with_a_tag(city, path):
    answer = city.call("GET", path)

    assert answer.headers["content-type"] == "application/json"
    assert "max-age" in answer.headers["cache-control"]
    assert answer.body == city.call("GET", PATHS[0]).body
    again = city.call("GET", path, if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_every_address_is_of_the_issuer_and_by_https(city):
    document = city.call("GET", PATHS[0]).json

    assert document["issuer"] == "https://id.test"
    for name, value in document.items():
        if name.endswith(("_endpoint", "_uri")):
            assert value.startswith("https://id.test/"), name


def test_the_machine_endpoints_it_names_answer(city):
    document = city.call("GET", PATHS[0]).json
    for name in ("token_endpoint", "userinfo_endpoint", "jwks_uri", "introspection_endpoint", "revocation_endpoint"):
        assert city.call("GET", document[name].removeprefix("https://id.test")).status != 404


def test_the_lists_are_what_the_code_goes_by(city):
    document = city.call("GET", PATHS[0]).json

    assert document["grant_types_supported"] == list(GRANT_TYPES) == list(city.flows.machines.token.grants)
    assert set(document["prompt_values_supported"]) == PROMPTS
    assert document["acr_values_supported"] == ["simplified", "standard"]
    assert document["response_types_supported"] == ["code"]
    assert document["id_token_signing_alg_values_supported"][0] == "RS256"
    assert "none" not in document["id_token_signing_alg_values_supported"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["request_parameter_supported"] is False
    assert document["request_uri_parameter_supported"] is False
    assert "registration_endpoint" not in document
    assert "request_object_signing_alg_values_supported" not in document


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"])
def test_every_offered_way_of_authentication_can_be_registered(city, method):
    assert method in city.call("GET", PATHS[0]).json["token_endpoint_auth_methods_supported"]
    keys = {"keys": [city.flows.keys.jwks()["keys"][0]]}
    document = {
        "client_name": "x",
        "redirect_uris": ["https://x.test/"],
        "token_endpoint_auth_method": method,
        **({"jwks": keys} if method == "private_key_jwt" else {}),
    }
    assert judge("some-client", document, city.flows.registry.offered).token_endpoint_auth_method == method


def test_the_keys_are_public_named_and_tagged(city: City):
    answer = city.call("GET", "/jwks")

    keys = answer.json["keys"]
    assert {key["alg"] for key in keys} == {"RS256", "ES256", "EdDSA"}
    assert len({key["kid"] for key in keys}) == len(keys)
    assert all(key["use"] == "sig" and not {"d", "p", "q", "k"} & key.keys() for key in keys)
    assert city.call("GET", "/jwks", if_none_match=answer.headers["etag"]).status == 304
    assert city.call("HEAD", "/jwks").body == b""
