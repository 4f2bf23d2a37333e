"""Signs and verifies JSON Web Signatures with imported keys; compact form only, header and payload made by orjson.

Keys are imported once (an RSA key takes 50 ms). The port is ``Signer``, so that a hardware module can be another one.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry

#: How a key is made for each algorithm we sign with (RFC 7518 3.1, RFC 8037 3.1).
ALGORITHMS: dict[str, Callable[[], Key]] = {
    "ES256": lambda: ECKey.generate_key("P-256"),
    "RS256": lambda: RSAKey.generate_key(2048),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
}
#: No token of ours comes near it.
MOST_BYTES = 16_384


class Signer(Protocol):
    """Signs claims with one key."""

    @property
    def alg(self) -> str:
        """The JWS algorithm."""

    @property
    def kid(self) -> str:
        """The name of the key in the published set."""

    def sign(self, header: Mapping[str, str], claims: Mapping[str, Any]) -> str:
        """Return the compact JWS; ``header`` holds what comes beside ``alg`` and ``kid``, such as ``typ``."""


@dataclass(frozen=True, slots=True)
class KeySigner:
    """A signer over a private key in memory. Encoded headers are kept: there are a handful."""

    alg: str
    kid: str
    key: Key = field(repr=False)
    _headers: dict[tuple[tuple[str, str], ...], bytes] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, alg: str, jwk: dict[str, Any]) -> "KeySigner":
        key = import_key(jwk)
        return cls(alg, str(jwk["kid"]), key)

    def sign(self, header: Mapping[str, str], claims: Mapping[str, Any]) -> str:
        extra = tuple(header.items())
        encoded = self._headers.get(extra)
        if encoded is None:
            encoded = _encode(orjson.dumps({"alg": self.alg, "kid": self.kid, **header}))
            self._headers[extra] = encoded
        content = encoded + b"." + _encode(orjson.dumps(claims))
        signature = JWSRegistry.algorithms[self.alg].sign(content, self.key)
        return (content + b"." + _encode(signature)).decode()

    def verifies(self, content: bytes, signature: bytes) -> bool:
        return JWSRegistry.algorithms[self.alg].verify(content, signature, self.key)

    def public(self) -> dict[str, Any]:
        """Return the public key as a member of a JWK set."""
        return {**self.key.as_dict(private=False), "kid": self.kid, "use": "sig", "alg": self.alg}


@dataclass(frozen=True, slots=True)
class Compact:
    """The parts of a compact JWS, decoded and not yet believed."""

    header: dict[str, Any]
    content: bytes
    signature: bytes

    @classmethod
    def parse(cls, token: str) -> "Compact":
        """Take the token apart; raise ``ValueError`` for whatever isn't one."""
        if len(token) > MOST_BYTES:
            raise ValueError("too long")
        encoded = token.encode("ascii")
        content, _, signature = encoded.rpartition(b".")
        header, _, payload = content.partition(b".")
        if not payload or b"." in payload:
            raise ValueError("not three parts")
        return cls(_object(header), content, _decode(signature))

    def claims(self) -> dict[str, Any]:
        return _object(self.content.partition(b".")[2])


def _encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _object(text: bytes) -> dict[str, Any]:
    document = orjson.loads(_decode(text))
    if isinstance(document, dict):
        return document
    raise ValueError("not an object")


def _decode(text: bytes) -> bytes:
    # What we sign has no padding and no other alphabet: a token with either isn't ours, byte for byte.
    decoded = urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    if _encode(decoded) != text:
        raise ValueError("not base64url")
    return decoded
