"""Reads our own access tokens back: signature, type, issuer, time; whether the grant still stands is the flow's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.keys.key_ring import BadToken
from idp.protocol.issue import ACCESS_TOKEN


@dataclass(frozen=True, slots=True)
class AccessToken:
    """``grant_id`` is empty in a token of client_credentials."""

    claims: dict[str, Any]
    client_id: str
    grant_id: str
    jti: str
    scope: frozenset[str]
    audience: tuple[str, ...]
    acr: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """``floor`` is the moment before which no token counts, for an old copy of the database was restored then."""

    issuer: str
    verify: Callable[[str, str], dict[str, Any]]
    floor: Callable[[], float]

    def read(self, token: str, at: datetime) -> AccessToken:
        """Return a live token's content; raise ``BadToken`` for everything else."""
        claims = self.verify(token, ACCESS_TOKEN)
        if claims.get("iss") != self.issuer or claims.get("exp", 0) <= at.timestamp():
            raise BadToken
        if claims["iat"] < self.floor():
            raise BadToken
        audience = claims["aud"]
        return AccessToken(
            claims,
            claims["client_id"],
            claims.get("gid", ""),
            claims["jti"],
            frozenset(claims.get("scope", "").split()),
            (audience,) if isinstance(audience, str) else tuple(audience),
            claims.get("acr", ""),
            claims["exp"],
        )
