"""Portals written with ``openid-client`` (npm), run by node: see ``tests/node/openid_client.mjs``."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.provider import Provider
from tests.relying_parties.arrange import register
from tests.relying_parties.browser import Browser
from tests.servers import free_port, listening, program

NODE = Path(__file__).parents[1] / "node"
RECORDS, ARCHIVE = "https://records.test", "https://archive.test"
ACR_VALUES = ("simplified", "standard", "full", "legal-entity")
_KEYS = {"ES256": lambda: ECKey.generate_key("P-256"), "PS256": lambda: RSAKey.generate_key(2048)}

#: Every portal by its client_id, with what sets it apart. Each is of the city unless it says otherwise.
PORTALS: dict[str, dict[str, Any]] = {
    "basic": {},
    "post": {"token_endpoint_auth_method": "client_secret_post"},
    "key": {"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256"},
    "rsa-key": {"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "PS256"},
    "public": {"token_endpoint_auth_method": "none"},
    "es256": {"id_token_signed_response_alg": "ES256"},
    "eddsa": {"id_token_signed_response_alg": "EdDSA"},
    "signed": {"userinfo_signed_response_alg": "RS256"},
    "pairwise": {"subject_type": "pairwise"},
    "guest": {"first_party": False},
    "deaf": {"backchannel_logout_uri": None},
    "visitor": {"permitted_resources": [RECORDS, ARCHIVE]},
    # Finds the provider by RFC 8414's address.
    "oauth": {"algorithm": "oauth2"},
    # Has been told another secret than the provider knows, or proves itself by another key.
    "mistaken": {"client_secret": "not-the-one"},
    "forger": {
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": {"keys": [ECKey.generate_key("P-256").as_dict(private=False)]},
    },
    **{f"at-least-{acr}": {"minimum_acr": acr} for acr in ACR_VALUES},
    **{f"likes-{acr}": {"default_acr_values": [acr]} for acr in ACR_VALUES},
    "likes-full-or-standard": {"default_acr_values": ["full", "standard"]},
}
#: Clients that speak for themselves: one asks, the other is the resource.
SERVICES: dict[str, dict[str, Any]] = {
    "nightly": {"permitted_resources": [RECORDS, ARCHIVE], "scope": "records:read records:write"},
    "records": {"resource_uris": [RECORDS], "scope": "records:read"},
}


@dataclass(frozen=True)
class OpenidClient:
    """Where the portals are; each is called over HTTP, as a browser or as its own server side."""

    address: str

    def of(self, portal: str) -> str:
        return f"{self.address}/{portal}"

    def sign_in(self, browser: Browser, portal: str, until: str = "\0", **wishes: Any) -> Any:
        """Press "sign in" at the portal; return what it tells, if the browser comes back to it at once."""
        query = httpx.QueryParams({name: value for name, value in wishes.items() if value is not None})
        browser.open(f"{self.of(portal)}/sign-in?{query}", until)
        return self.told(browser)

    def told(self, browser: Browser) -> Any:
        """Return what the portal shows, or None while the browser is elsewhere."""
        return browser.page.json() if browser.address.startswith(self.address) else None

    def call(self, browser: Browser, portal: str, page: str, **form: Any) -> Any:
        """Let the portal's server side do something for the browser's visit."""
        answer = browser.http.post(f"{self.of(portal)}/{page}", data=form)
        return answer.json()


@contextmanager
def openid_client(provider: Provider, folder: Path) -> Iterator[OpenidClient]:
    """Register every portal and service, and run them."""
    node, port = program("node"), free_port()
    if not (NODE / "node_modules" / "openid-client").is_dir():
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("npm's packages are not installed: npm ci in tests/node")
    address = f"http://127.0.0.1:{port}"
    clients = {name: _portal(provider, name, f"{address}/{name}", dict(members)) for name, members in PORTALS.items()}
    for name, members in SERVICES.items():
        registered = provider.city.service(name, **members)
        clients[name] = {
            "client_id": name,
            "client_secret": registered.secret,
            "token_endpoint_auth_method": "client_secret_basic",
        }
    settings = folder / "openid-client.json"
    settings.write_text(json.dumps({"port": port, "issuer": provider.issuer, "clients": clients}), encoding="utf-8")
    with listening([node, str(NODE / "openid_client.mjs"), str(settings)], port, folder / "log"):
        yield OpenidClient(address)


def _portal(provider: Provider, name: str, address: str, members: dict[str, Any]) -> dict[str, Any]:
    """Register a portal; return what it knows of itself."""
    own = {"algorithm": members.pop("algorithm", "oidc")}
    if "client_secret" in members:
        own["client_secret"] = members.pop("client_secret")
    known = {"client_id": name, **members}
    method = known.setdefault("token_endpoint_auth_method", "client_secret_basic")
    if method == "private_key_jwt":
        alg = members["token_endpoint_auth_signing_alg"]
        key = _KEYS[alg]()
        known["jwk"] = {**key.as_dict(private=True), "kid": "of-the-tests", "alg": alg}
        members.setdefault("jwks", {"keys": [{**key.as_dict(private=False), "kid": "of-the-tests", "alg": alg}]})
    members.setdefault("backchannel_logout_uri", f"{address}/backchannel-logout")
    secret = register(provider, name, address, **members)
    return {**known, **({"client_secret": secret} if secret else {}), **own}
