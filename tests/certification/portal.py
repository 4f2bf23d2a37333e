"""A relying party as the suite is one: it knows the discovery address, its own credentials, and no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.certification.checks import check_answer, check_id_token, check_token_answer, check_userinfo
from tests.city import CALLBACK, VERIFIER
from tests.provider import HttpBrowser, Provider
from tests.visitor import Page, answer, asking, posted

#: As long as some modules make it, with signs that every encoding on the way must keep.
STATE = ("s~.-_+ &=%\"'<>/?#é" * 8)[:128]


@dataclass(frozen=True)
class Person:
    account_id: str

    @property
    def login(self) -> str:
        return f"{self.account_id}@example.ru"


@dataclass(frozen=True)
class Tokens:
    """A token answer with its ID token verified."""

    answer: Any
    claims: dict[str, Any]

    @property
    def access(self) -> str:
        return str(self.answer["access_token"])

    @property
    def id(self) -> str:
        return str(self.answer["id_token"])

    @property
    def refresh(self) -> str:
        return str(self.answer["refresh_token"])


@dataclass
class Portal:
    """Asks with a 128-character state and a nonce of its own, and holds every answer against section 1.1."""

    provider: Provider
    client_id: str
    secret: str
    mode: str
    http: httpx.Client
    auth_method: str = "client_secret_basic"
    redirect_uri: str = CALLBACK
    sent: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def register(cls, provider: Provider, http: httpx.Client, mode: str = "query", **members: Any) -> "Portal":
        client_id = f"p-{uuid4().hex}"
        registered = provider.city.client(client_id, **{"first_party": True, **members})
        method = registered.client.token_endpoint_auth_method
        portal = cls(provider, client_id, registered.secret, mode, http, method)
        answered = http.get(f"{provider.issuer}/.well-known/openid-configuration")
        assert answered.status_code == 200 and answered.headers["Content-Type"].startswith("application/json")
        portal.metadata = answered.json()
        return portal

    def request(self, **changes: Any) -> list[tuple[str, str]]:
        """Return the parameters of a request; None takes one away."""
        mode = {"response_mode": self.mode} if self.mode != "query" else {}
        wanted = {"state": STATE, "nonce": uuid4().hex, "redirect_uri": self.redirect_uri, **mode, **changes}
        pairs = asking(wanted.pop("client_id", self.client_id), **wanted)
        self.sent = dict(pairs)
        return pairs

    def ask(self, browser: HttpBrowser, **changes: Any) -> httpx.Response:
        endpoint = urlsplit(self.metadata["authorization_endpoint"]).path
        return browser.http.get(endpoint, params=self.request(**changes))

    def answer(self, page: Page) -> dict[str, str]:
        """Read what came back to the redirect URI, by the mode that was asked for, and nowhere else."""
        if self.mode == "form_post":
            assert "Location" not in page.headers
            told = posted(page)
        else:
            told = answer(page, self.redirect_uri)
            assert not urlsplit(page.headers["Location"]).fragment
        check_answer(told, self.sent.get("state", ""), self.metadata["issuer"])
        return told

    def signed_in(self, browser: HttpBrowser, person: Person, **changes: Any) -> dict[str, str]:
        """Ask, have the person sign in once on the page that comes, and return the answer."""
        return self.answer(browser.sign_in(self.ask(browser, **changes), person.login))

    def silently(self, browser: HttpBrowser, **changes: Any) -> dict[str, str]:
        """Ask and be answered without a page."""
        return self.answer(self.ask(browser, **changes))

    def token(self, form: Mapping[str, str]) -> httpx.Response:
        assert self.auth_method in self.metadata["token_endpoint_auth_methods_supported"]
        address, secret = self.metadata["token_endpoint"], (self.client_id, self.secret)
        if self.auth_method == "client_secret_basic":
            return self.http.post(address, data=dict(form), auth=secret)
        proof = dict(zip(("client_id", "client_secret"), secret, strict=True))
        return self.http.post(address, data={**form, **proof})

    def exchange(self, code: str, **changes: str) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        return self.token({**form, "code_verifier": VERIFIER, **changes})

    def redeem(self, answered: Mapping[str, str]) -> Tokens:
        """Exchange the code; verify everything that comes for it."""
        return self.read(self.exchange(answered["code"]), self.sent.get("nonce"))

    def read(self, response: httpx.Response, nonce: str | None = None) -> Tokens:
        assert response.status_code == 200, response.text
        check_token_answer(response.json(), response.headers)
        claims = self.verified(response.json()["id_token"])
        check_id_token(claims, self.metadata["issuer"], self.client_id, nonce)
        return Tokens(response.json(), claims)

    def refresh(self, refresh_token: str) -> httpx.Response:
        return self.token({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def verified(self, token: str) -> dict[str, Any]:
        """Return what a key of the published set has signed."""
        keys = KeySet.import_key_set(self.http.get(self.metadata["jwks_uri"]).json())
        algorithms = self.metadata["id_token_signing_alg_values_supported"]
        return dict(jwt.decode(token, keys, algorithms=algorithms).claims)

    def userinfo(self, tokens: Tokens) -> dict[str, Any]:
        response = self.http.get(self.metadata["userinfo_endpoint"], headers=bearer(tokens))
        assert response.status_code == 200 and response.headers["Content-Type"].startswith("application/json")
        check_userinfo(response.json(), tokens.claims["sub"])
        return dict(response.json())

    def is_shown_out(self, tokens: Tokens) -> bool:
        """Tell whether UserInfo refuses the access token as revoked ones are refused."""
        response = self.http.get(self.metadata["userinfo_endpoint"], headers=bearer(tokens))
        return response.status_code == 401 and 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def bearer(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.access}"}
