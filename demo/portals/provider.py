"""What a relying party knows of the provider: its metadata and keys, fetched by discovery and kept for a while."""

import threading
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc import jwk, jws
from joserfc.errors import JoseError


class Unreachable(Exception):
    """The provider doesn't answer, or answers what no provider answers."""


class Nearby(httpx.HTTPTransport):
    """Goes to a host of the city by this machine's own address: its public name need not resolve here."""

    def __init__(self, host: str, reach: str) -> None:
        super().__init__(verify=False, retries=1)
        self._host = host.strip("[]")
        self._reach = reach

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        # As it stands in addresses: ``url.host`` would tell a Cyrillic name in Cyrillic.
        if request.url.raw_host.decode("ascii") == self._host:
            request.url = request.url.copy_with(host=self._reach)
        return super().handle_request(request)


def web_client(issuer: str, reach: str) -> httpx.Client:
    """Return the HTTP client of one application. It follows no redirects and heeds no proxy."""
    transport = Nearby(urlsplit(issuer).hostname or "", reach)
    return httpx.Client(transport=transport, timeout=5.0, follow_redirects=False, trust_env=False)


class Provider:
    """One provider, trusted by its issuer. Keys are fetched anew when a token names one that isn't known."""

    KEEP_SECONDS = 600.0
    ANEW_SECONDS = 2.0

    def __init__(self, issuer: str, web: httpx.Client) -> None:
        self.issuer = issuer
        self.web = web
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._keys: jwk.KeySet | None = None
        self._fetched = 0.0

    def endpoint(self, name: str) -> str:
        """Return an address of the provider by its metadata name."""
        self._refresh(self.KEEP_SECONDS)
        found = self._metadata.get(name)
        if not isinstance(found, str):
            raise Unreachable(f"the provider has no {name}")
        return found

    def keys_for(self, token: str) -> jwk.KeySet:
        """Return the provider's keys, looked up again if the token's ``kid`` is not among them."""
        self._refresh(self.KEEP_SECONDS)
        try:
            kid = jws.extract_compact(token.encode()).protected.get("kid")
        except (JoseError, ValueError):
            kid = None
        if kid is not None and all(key.kid != kid for key in self._keyset().keys):
            self._refresh(self.ANEW_SECONDS)
        return self._keyset()

    def _keyset(self) -> jwk.KeySet:
        if self._keys is None:
            raise Unreachable("the provider's keys are unknown")
        return self._keys

    def _refresh(self, seconds: float) -> None:
        with self._lock:
            if self._keys is not None and time.monotonic() - self._fetched < seconds:
                return
            metadata = self._json(f"{self.issuer}/.well-known/openid-configuration")
            if metadata.get("issuer") != self.issuer:
                raise Unreachable("the metadata are another issuer's")
            self._keys = jwk.KeySet.import_key_set(self._json(str(metadata["jwks_uri"])))  # type: ignore[arg-type]
            self._metadata = metadata
            self._fetched = time.monotonic()

    def _json(self, address: str) -> dict[str, Any]:
        try:
            answer = self.web.get(address)
            answer.raise_for_status()
            document = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unreachable(address) from error
        if not isinstance(document, dict):
            raise Unreachable(address)
        return document
