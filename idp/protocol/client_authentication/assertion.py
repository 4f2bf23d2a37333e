"""``private_key_jwt``: Authlib's assertion check (RFC 7523), tightened as RFC 9700 and FAPI 2.0 want it.

Authlib alone accepts several audiences and any expiry, asks the system's clock, and leaves replay to us.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError  # type: ignore[import-untyped]
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from idp.clients.client import Client
from idp.clients.jwks import fits
from idp.kernel.clock import Clock
from idp.protocol.errors import InvalidClient

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
METHOD = "private_key_jwt"
#: Strong and in use. Symmetric ones and ``none`` can't come in.
ALGORITHMS = ("ES256", "PS256", "RS256")
_LEEWAY = 30
_LONGEST = 3600
_MOST_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Presented:
    """An assertion as it came, with what it says of itself, unverified."""

    assertion: str
    client_id: str
    alg: str


class ClientAssertion(JWTBearerClientAssertion):  # type: ignore[misc]
    """``first_use`` takes a key and seconds, and tells whether the key is new in that time."""

    CLIENT_AUTH_METHOD = METHOD

    def __init__(self, issuer: str, token_endpoint: str, first_use: Callable[[str, float], bool], now: Clock) -> None:
        super().__init__(leeway=_LEEWAY)
        self._audiences = (issuer, token_endpoint)
        self._first_use = first_use
        self._now = now
        self._key_sets: dict[str, tuple[int, KeySet]] = {}

    def present(self, assertion: str) -> Presented:
        """Read who the assertion says it is from; nothing is believed yet."""
        if len(assertion) > _MOST_BYTES:
            raise InvalidClient
        try:
            header, claims = self.extract_assertion(assertion)
        except (InvalidClientError, JoseError, ValueError, TypeError, KeyError) as error:
            raise InvalidClient from error
        subject, alg = claims.get("sub"), header.get("alg")
        if not isinstance(subject, str) or not isinstance(alg, str):
            raise InvalidClient
        return Presented(assertion, subject, alg)

    def check(self, client: Client, presented: Presented) -> None:
        """Verify the assertion by the client's registered keys; raise ``InvalidClient``."""
        wanted = client.token_endpoint_auth_signing_alg
        if presented.alg not in ALGORITHMS or (wanted and presented.alg != wanted):
            raise InvalidClient
        try:
            token = jwt.decode(presented.assertion, self._keys(client, presented.alg), algorithms=[presented.alg])
            self.verify_claims(token.claims)
        except (InvalidClientError, JoseError, ValueError, TypeError, KeyError) as error:
            raise InvalidClient from error

    def verify_claims(self, claims: dict[str, Any]) -> None:
        """Check time, audience and replay; ``iss`` and ``sub`` are one and the same (RFC 7523 3)."""
        now = int(self._now().timestamp())
        jwt.JWTClaimsRegistry(
            now,
            _LEEWAY,
            iss={"essential": True, "value": claims["sub"]},
            sub={"essential": True},
            aud={"essential": True},
            exp={"essential": True},
            jti={"essential": True},
        ).validate(claims)
        # FAPI 2.0 5.3.2.1: one audience, as a string: an array may name another server that could use it too.
        if claims["aud"] not in self._audiences:
            raise InvalidClientError(description="audience")
        if claims["exp"] > now + _LONGEST + _LEEWAY:
            raise InvalidClientError(description="expiry")
        if not self.validate_jti(claims, claims["jti"]):
            raise InvalidClientError(description="replay")

    def validate_jti(self, claims: dict[str, Any], jti: str) -> bool:
        lasting = claims["exp"] + _LEEWAY - self._now().timestamp()
        return self._first_use(f"{claims['sub']}:{jti}", max(lasting, 1))

    def _keys(self, client: Client, alg: str) -> KeySet:
        """Return the client's imported keys; importing takes longer than verifying, so they are kept by version."""
        name = f"{client.client_id} {alg}"
        kept = self._key_sets.get(name)
        if kept is not None and kept[0] == client.version:
            return kept[1]
        members = [key for key in client.jwks.get("keys", []) if fits(key, alg)]
        imported = KeySet.import_key_set({"keys": members})
        self._key_sets[name] = (client.version, imported)
        return imported
