"""Tokens: hashes by the signature's algorithm, and the algorithm by the client."""

import hashlib
from base64 import urlsafe_b64encode

import pytest

from idp.keys.signer import Compact
from idp.protocol.issue import left_half

HASHES = {"RS256": hashlib.sha256, "ES256": hashlib.sha256, "EdDSA": hashlib.sha512}


def test_the_example_of_the_specification():
    # OpenID Connect Core 1.0, appendix A.3.
    assert left_half("RS256", "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y") == "77QmUPtjPfzWtF2AnpK9RQ"


@pytest.mark.parametrize("alg", ["RS256", "ES256", "EdDSA"])
def test_the_clients_algorithm_signs_the_id_token_and_hashes_the_access_token(town, alg):
    name = f"by-{alg}"
    town.client(name, id_token_signed_response_alg=alg)
    tokens = town.exchange(town.code(town.grant(name)), name).json

    whole = HASHES[alg](tokens["access_token"].encode()).digest()
    half = urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()
    assert town.claims(tokens["id_token"])["at_hash"] == half
    kid = town.flows.keys.signer(alg).kid
    assert {key["kid"]: key["alg"] for key in town.flows.keys.jwks()["keys"]}[kid] == alg


def test_rs256_is_what_a_client_gets_that_asked_for_nothing(town):
    tokens = town.exchange(town.code(town.grant())).json

    assert Compact.parse(tokens["id_token"]).header["alg"] == "RS256"
    access = Compact.parse(tokens["access_token"]).header
    assert access == {"alg": "ES256", "kid": town.flows.keys.signer("ES256").kid, "typ": "at+jwt"}


def test_resources_at_the_token_endpoint_narrow_what_was_granted(town):
    api, files = "https://api.test/", "https://files.test/"
    town.client("reader", permitted_resources=[api, files])

    def audience(granted, wanted):
        code = town.code(town.grant("reader", resources=granted))
        answer = town.exchange(code, "reader", **({"resource": wanted} if wanted else {})).json
        return town.claims(answer["access_token"], "at+jwt")["aud"] if "access_token" in answer else answer["error"]

    assert audience((), None) == "https://id.test"
    assert audience((api,), None) == api
    assert audience((api, files), None) == [api, files]
    assert audience((api, files), files) == files
    assert audience((), api) == api
    assert audience((api,), "https://id.test") == "https://id.test"
    assert audience((api,), files) == "invalid_target"
    assert audience((), "https://other.test/") == "invalid_target"
