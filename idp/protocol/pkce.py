"""Proof Key for Code Exchange, S256 alone (RFC 7636, RFC 9700 2.1.1)."""

import hashlib
import re
from base64 import urlsafe_b64encode

from idp.kernel.ids import same
from idp.protocol.errors import InvalidGrant, InvalidRequest

METHODS = ("S256",)
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


def check_challenge(challenge: str | None, method: str | None, required: bool) -> str:
    """Return the challenge of an authorization request, empty if none is sent and none required."""
    if challenge is None:
        if method is not None:
            raise InvalidRequest("code_challenge_method without code_challenge")
        if required:
            raise InvalidRequest("code_challenge is required (PKCE, S256)")
        return ""
    if method not in METHODS:
        raise InvalidRequest("code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("code_challenge is malformed")
    return challenge


def check_verifier(verifier: str | None, challenge: str) -> None:
    """Refuse a token request whose verifier isn't what the challenge was made from; or was made from nothing."""
    if not challenge:
        if verifier is not None:
            # RFC 9700 2.1.1: somebody took the challenge out of the authorization request.
            raise InvalidGrant("code_verifier was sent, but the authorization request had no code_challenge")
        return
    if verifier is None:
        raise InvalidGrant("code_verifier is missing")
    if not _VERIFIER.fullmatch(verifier) or not same(challenge_of(verifier), challenge):
        raise InvalidGrant("code_verifier does not fit the code_challenge")


def challenge_of(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
