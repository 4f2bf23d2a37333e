"""Back-channel logout tokens, member by member (OpenID Connect Back-Channel Logout 2.4, certification 1.8)."""

from idp.protocol.logout_tokens import EVENT, logout_token
from tests.city import NOON, City


def test_a_logout_token_says_who_and_which_session_and_can_be_nothing_else(city: City):
    keys = city.flows.keys

    first = logout_token(keys.signer("RS256"), "https://id.test", "parking", "anna", "sid-1", NOON)
    second = logout_token(keys.signer("RS256"), "https://id.test", "parking", "anna", "sid-1", NOON)

    claims = keys.verify(first, "logout+jwt")
    assert claims.pop("jti") != keys.verify(second, "logout+jwt")["jti"]
    assert claims == {
        "iss": "https://id.test",
        "aud": "parking",
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 120,
        "sub": "anna",
        "sid": "sid-1",
        "events": {EVENT: {}},
    }
