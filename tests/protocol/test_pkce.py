"""PKCE: S256 alone, required unless registered otherwise, and no way down."""

import pytest

from idp.protocol.errors import InvalidGrant, InvalidRequest
from idp.protocol.pkce import challenge_of, check_challenge, check_verifier

#: RFC 7636 appendix B.
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_example_of_the_specification():
    assert challenge_of(VERIFIER) == CHALLENGE
    assert check_challenge(CHALLENGE, "S256", True) == CHALLENGE
    check_verifier(VERIFIER, CHALLENGE)


@pytest.mark.parametrize(
    ("challenge", "method"),
    [
        (None, None),
        (None, "S256"),
        (CHALLENGE, None),
        (CHALLENGE, "plain"),
        (CHALLENGE, "s256"),
        (CHALLENGE + "x", "S256"),
        (CHALLENGE[:-1], "S256"),
        (CHALLENGE[:-1] + "=", "S256"),
    ],
)
def test_a_required_challenge_must_be_right(challenge, method):
    with pytest.raises(InvalidRequest):
        check_challenge(challenge, method, True)


def test_a_client_registered_so_may_go_without():
    assert check_challenge(None, None, False) == ""
    with pytest.raises(InvalidRequest):
        check_challenge(CHALLENGE, "plain", False)


@pytest.mark.parametrize(
    ("verifier", "challenge"),
    [
        (None, CHALLENGE),
        ("", CHALLENGE),
        (VERIFIER[:-1] + "l", CHALLENGE),
        (CHALLENGE, CHALLENGE),
        ("a" * 42, challenge_of("a" * 42)),
        ("a" * 129, challenge_of("a" * 129)),
        ("я" * 43, challenge_of("я" * 43)),
        (VERIFIER, ""),
    ],
)
def test_a_wrong_missing_or_unasked_verifier_is_refused(verifier, challenge):
    with pytest.raises(InvalidGrant):
        check_verifier(verifier, challenge)
