"""A provider in memory for the portals' tests: signs whatever a test wants it to say."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

ISSUER = "http://city.test:8000"
KEY = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, private=True, auto_kid=True)
OTHER_KEY = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, private=True, auto_kid=True)


def sign(claims: dict[str, Any], key: RSAKey = KEY, **header: Any) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, claims, key, algorithms=["RS256"])


class FakeProvider:
    """``tokens`` answers the token endpoint; ``asked`` keeps the forms that came there."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.headers: list[httpx.Headers] = []
        self.tokens: Callable[[dict[str, str]], tuple[int, dict[str, Any]]] = lambda _form: (400, {"error": "none"})
        self.userinfo: dict[str, Any] = {"sub": "person", "given_name": "Анна", "family_name": "Белова"}
        self.keys = KeySet([KEY])
        self.down = False
        self.web_answer = self.answer

    def web(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(lambda request: self.web_answer(request)), trust_env=False)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("down")
        path = request.url.path
        if path == "/.well-known/openid-configuration":
            names = ("authorization", "token", "userinfo", "introspection", "end_session")
            found = {f"{name}_endpoint": f"{ISSUER}/{name}" for name in names}
            return httpx.Response(200, json={"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks", **found})
        if path == "/jwks":
            return httpx.Response(200, json=self.keys.as_dict(private=False))
        if path == "/userinfo":
            return httpx.Response(200, json=self.userinfo)
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.asked.append(form)
        self.headers.append(request.headers)
        status, document = self.tokens(form)
        return httpx.Response(status, content=json.dumps(document), headers={"Content-Type": "application/json"})


def id_claims(client_id: str, nonce: str | None, **changed: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "sub": "person",
        "aud": client_id,
        "iat": now,
        "exp": now + 300,
        "nonce": nonce,
        "acr": "simplified",
        "access_level": "simplified",
        "amr": ["pwd"],
        "auth_time": now - 5,
        "sid": "session",
        "at_hash": "UaRpZFhvYE7sFyyvFc4oLg",
    }
    return {name: value for name, value in (claims | changed).items() if value is not None}
