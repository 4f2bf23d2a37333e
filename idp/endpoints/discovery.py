"""The provider's metadata and keys: bytes made once, with an entity tag; no store is asked."""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from idp.endpoints.reply import JSON, Reply
from idp.keys.key_ring import KeyRing
from idp.protocol.requests import Request

#: Anybody may read them, scripts of other sites too.
_PUBLIC = (JSON, ("Access-Control-Allow-Origin", "*"))


@dataclass(frozen=True, slots=True)
class DiscoveryEndpoint:
    """OpenID Connect Discovery 4.2 and RFC 8414 3.2: one document at both addresses."""

    reply: Reply
    unchanged: Reply
    etag: str

    @classmethod
    def of(cls, document: dict[str, Any]) -> "DiscoveryEndpoint":
        body = orjson.dumps(document)
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = (*_PUBLIC, ("Cache-Control", "public, max-age=3600"), ("ETag", etag))
        return cls(Reply(200, headers, body), Reply(304, headers), etag)

    def __call__(self, request: Request) -> Reply:
        return self.unchanged if knows(request, self.etag) else self.reply


@dataclass(frozen=True, slots=True)
class JwksEndpoint:
    """The public keys, next and retired ones too. ``max_age`` must be well below the time a key is announced."""

    keys: KeyRing
    max_age: int

    def __call__(self, request: Request) -> Reply:
        published = self.keys.published()
        etag = f'"{published.version}"'
        headers = (*_PUBLIC, ("Cache-Control", f"public, max-age={self.max_age}"), ("ETag", etag))
        return Reply(304, headers) if knows(request, etag) else Reply(200, headers, published.body)


def knows(request: Request, etag: str) -> bool:
    """Tell whether the caller holds this version already (RFC 9110 13.1.2)."""
    told = request.headers.get("if-none-match")
    return told is not None and any(tag.strip().removeprefix("W/") in (etag, "*") for tag in told.split(","))
