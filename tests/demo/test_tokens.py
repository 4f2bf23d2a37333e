"""A portal believes an ID token or a logout token only when every check of the specifications holds."""

import time
from typing import Any

import pytest
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey

from demo.portals.tokens import LOGOUT_EVENT, Distrusted, Expected, read_id_token, read_logout_token
from tests.demo.fake_provider import ISSUER, KEY, OTHER_KEY, id_claims, sign

ACCESS = "access-token"
AT_HASH = create_half_hash(ACCESS, "RS256").decode()
KEYS = KeySet([KEY])
EXPECTED = Expected(ISSUER, "parking", "RS256", nonce="n", acr="simplified")


def told(**changed: Any) -> dict[str, Any]:
    return id_claims("parking", "n", at_hash=AT_HASH) | changed


def without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in claims.items() if key != name}


def test_a_sound_id_token_is_believed():
    assert read_id_token(sign(told()), KEYS, EXPECTED, ACCESS)["sub"] == "person"


@pytest.mark.parametrize(
    "claims",
    [
        told(iss="http://evil.test"),
        told(aud="services"),
        told(aud=["parking", "services"], azp="services"),
        told(nonce="other"),
        without(told(), "nonce"),
        told(exp=int(time.time()) - 3600),
        told(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
        without(told(), "at_hash"),
        told(acr="full"),
        without(told(), "acr"),
        without(told(), "sub"),
        told(auth_time="yesterday"),
        told(amr="pwd"),
    ],
)
def test_an_id_token_with_anything_wrong_is_not_believed(claims):
    with pytest.raises(Distrusted):
        read_id_token(sign(claims), KEYS, EXPECTED, ACCESS)


def test_at_refresh_another_persons_id_token_is_not_believed():
    expected = Expected(ISSUER, "parking", "RS256", sub="somebody else")
    with pytest.raises(Distrusted):
        read_id_token(sign(without(told(), "nonce")), KEYS, expected, ACCESS)


@pytest.mark.parametrize("forge", ["other key", "none", "symmetric", "broken"])
def test_a_forged_signature_is_not_believed(forge):
    genuine = sign(told())
    unsigned = jwt.encode({"alg": "HS256"}, told(), OctKey.import_key("k" * 32), algorithms=["HS256"])
    forged = {
        "other key": sign(told(), OTHER_KEY),
        "none": "eyJhbGciOiJub25lIn0." + genuine.split(".")[1] + ".",
        "symmetric": unsigned,
        "broken": genuine[:-6] + "AAAAAA",
    }
    with pytest.raises(Distrusted):
        read_id_token(forged[forge], KEYS, EXPECTED, ACCESS)


def farewell(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": "parking",
        "iat": now,
        "exp": now + 120,
        "jti": "j",
        "sub": "person",
        "sid": "session",
        "events": {LOGOUT_EVENT: {}},
    }
    return claims | changed


def test_a_sound_logout_token_tells_who_leaves():
    found = read_logout_token(sign(farewell(), typ="logout+jwt"), KEYS, EXPECTED)
    assert (found.jti, found.sub, found.sid) == ("j", "person", "session")


@pytest.mark.parametrize(
    "claims",
    [
        farewell(iss="http://evil.test"),
        farewell(aud="services"),
        farewell(iat=int(time.time()) - 7200),
        farewell(exp=int(time.time()) - 3600),
        without(farewell(), "iat"),
        without(farewell(), "jti"),
        without(farewell(), "events"),
        farewell(events={}),
        farewell(events={LOGOUT_EVENT: "yes"}),
        farewell(nonce="n"),
        without(without(farewell(), "sub"), "sid"),
    ],
)
def test_a_logout_token_with_anything_wrong_signs_nobody_out(claims):
    with pytest.raises(Distrusted):
        read_logout_token(sign(claims, typ="logout+jwt"), KEYS, EXPECTED)


def test_an_id_token_is_no_logout_token():
    with pytest.raises(Distrusted):
        read_logout_token(sign(farewell()), KEYS, EXPECTED)
