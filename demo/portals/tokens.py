"""How a relying party looks at tokens before it believes them: the ID token and the logout token."""

import time
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwk, jwt
from joserfc.errors import JoseError

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LEEWAY_SECONDS = 30
#: OpenID Connect Back-Channel Logout 2.6 leaves it to us how old a logout token may be.
LOGOUT_SECONDS = 600


class Distrusted(Exception):
    """A token or an answer isn't what it must be; the reason is for developers."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What was asked, and so what the ID token must say (OpenID Connect Core 3.1.3.7)."""

    issuer: str
    client_id: str
    alg: str
    nonce: str = ""
    acr: str = ""
    sub: str = ""


def read_id_token(token: str, keys: jwk.KeySet, expected: Expected, access_token: str) -> dict[str, Any]:
    """Return the claims of an ID token that is signed, ours, fresh and an answer to what was asked."""
    claims, header = _verified(token, keys, expected.alg)
    checked = CodeIDToken(
        claims,
        header,
        {"iss": {"essential": True, "value": expected.issuer}, "aud": {"essential": True, "value": expected.client_id}},
        {"client_id": expected.client_id, "nonce": expected.nonce, "access_token": access_token},
    )
    try:
        checked.validate(int(time.time()), LEEWAY_SECONDS)
    except JoseError as error:
        raise Distrusted(f"ID token: {error}") from error
    if expected.nonce and "at_hash" not in claims:
        raise Distrusted("ID token: at_hash is missing")
    if expected.acr and claims.get("acr") != expected.acr:
        raise Distrusted(f"ID token: acr {expected.acr} was asked, {claims.get('acr')} is told")
    if expected.sub and claims["sub"] != expected.sub:
        raise Distrusted("ID token: another person's")
    return claims


@dataclass(frozen=True, slots=True)
class Farewell:
    """Whom a logout token signs out: a session, or all of a person's sessions."""

    jti: str
    sub: str
    sid: str


def read_logout_token(token: str, keys: jwk.KeySet, expected: Expected) -> Farewell:
    """Return whom a logout token speaks of, after every check of OpenID Connect Back-Channel Logout 2.6 but ``jti``."""
    claims, header = _verified(token, keys, expected.alg)
    if str(header.get("typ", "")).lower() != "logout+jwt":
        raise Distrusted("logout token: typ is not logout+jwt")
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        iat={"essential": True},
        exp={"essential": True},
        jti={"essential": True},
    )
    try:
        registry.validate(claims)
    except JoseError as error:
        raise Distrusted(f"logout token: {error}") from error
    if time.time() - claims["iat"] > LOGOUT_SECONDS:
        raise Distrusted("logout token: too old")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise Distrusted("logout token: events lacks the back-channel logout event")
    if "nonce" in claims:
        raise Distrusted("logout token: a nonce makes it an ID token")
    sub, sid = claims.get("sub", ""), claims.get("sid", "")
    if not isinstance(sub, str) or not isinstance(sid, str) or not (sub or sid):
        raise Distrusted("logout token: neither sub nor sid")
    return Farewell(claims["jti"], sub, sid)


def _verified(token: str, keys: jwk.KeySet, alg: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return claims and header of a token signed by the provider with the very algorithm that was registered."""
    try:
        verified = jwt.decode(token, keys, algorithms=[alg])
    except (JoseError, ValueError) as error:
        raise Distrusted(f"signature: {error}") from error
    return dict(verified.claims), dict(verified.header)
