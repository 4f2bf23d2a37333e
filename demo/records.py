"""The resource server: permit records that open to tokens alone, and the service that checks them every night."""

import json
import time
from dataclasses import dataclass
from typing import Any

import httpx
from flask import Flask, Response, render_template, request

from demo.cast import RECORDS, SERVICE
from demo.look import site
from demo.place import Place, Spot
from demo.portals.oauth import OAuthClient, OAuthError
from demo.portals.provider import Provider, Unreachable, web_client
from demo.portals.relying_party import Keeper
from demo.secrets import Credentials

#: What a person's own records need: the least level, or a higher one, and how long ago the sign-in may be.
LEVELS, MAX_AGE = ("standard", "full"), 3600
PERMITS = [
    {"permit": "77-000415", "plate": "А123ВС77", "district": "Хамовники", "until": "2027-03-01"},
    {"permit": "77-000416", "plate": "К456МН77", "district": "Арбат", "until": "2027-05-15"},
]


@dataclass(frozen=True, slots=True)
class RecordsSite:
    place: Place
    provider: Provider
    keeper: Keeper

    @classmethod
    def of(cls, place: Place, keeper: Keeper) -> "RecordsSite":
        return cls(place, Provider(place.issuer, web_client(place.issuer, place.reach)), keeper)

    @property
    def address(self) -> str:
        return self.place.address(Spot.RECORDS)

    def app(self) -> Flask:
        app = site("demo.records", "records-language")
        app.add_url_rule("/", "front", self.page)
        app.add_url_rule("/permits", "permits", self.permits)
        app.add_url_rule("/mine", "mine", self.mine)
        app.add_url_rule("/check", "check", self.check, methods=["POST"])
        return app

    def permits(self) -> Response:
        """Tell a service of all permits."""
        told = self.told()
        if isinstance(told, Response):
            return told
        return _json({"asked_by": told.get("client_id"), "permits": PERMITS})

    def mine(self) -> Response:
        """Tell a person of their own permit, if the token's sign-in is sure and fresh enough; else say what it lacks,
        so that the portal can step up and call again (RFC 9470)."""
        told = self.told()
        if isinstance(told, Response):
            return told
        if told.get("acr") not in LEVELS or time.time() - told.get("auth_time", 0) > MAX_AGE:
            response = _refused("insufficient_user_authentication")
            response.headers["WWW-Authenticate"] += f', acr_values="{LEVELS[0]}", max_age="{MAX_AGE}"'
            return response
        return _json({"acr": told["acr"], "permits": PERMITS[:1]})

    def told(self) -> dict[str, Any] | Response:
        """Return what the provider tells of the token, if it calls it active and the token was made for this very
        server (RFC 6750, 7662); otherwise the refusal."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return _refused("")
        try:
            told = self.introspect(token)
        except Unreachable:
            return _json({"error": "temporarily_unavailable"}, 503)
        audience = told.get("aud", [])
        if not told.get("active") or self.address not in ([audience] if isinstance(audience, str) else audience):
            return _refused("invalid_token")
        return told

    def introspect(self, token: str) -> dict[str, Any]:
        try:
            return self._client(RECORDS).introspection(self.provider.endpoint("introspection_endpoint"), token)
        except (httpx.HTTPError, ValueError) as error:
            raise Unreachable("introspection") from error

    def check(self) -> Response:
        """Play the nightly check: a token for itself, then the records, step by step for people to see."""
        try:
            tokens = self._client(SERVICE).tokens(
                self.provider.endpoint("token_endpoint"),
                {"grant_type": "client_credentials", "resource": self.address},
            )
            token = tokens["access_token"]
            answer = self.provider.web.get(
                self.place.near(Spot.RECORDS) + "/permits", headers={"Authorization": f"Bearer {token}"}
            )
            steps = [
                ("token", {**tokens, "access_token": token[:32] + "…"}),
                ("introspection", self.introspect(token)),
                ("answer", answer.json()),
            ]
        except (OAuthError, Unreachable, httpx.HTTPError, KeyError, ValueError) as error:
            return self.page(failed=f"{type(error).__name__}: {error}", status=502)
        return self.page([(name, _pretty(document)) for name, document in steps])

    def page(self, steps: list[tuple[str, str]] | None = None, failed: str = "", status: int = 200) -> Response:
        text = render_template("records.html", steps=steps, failed=failed, address=self.address)
        return Response(text, status, mimetype="text/html")

    def _client(self, client_id: str) -> OAuthClient:
        credentials = self.keeper.read().get(client_id, Credentials())
        return OAuthClient.named(self.provider.web, client_id, "client_secret_basic", credentials)


def _refused(error: str) -> Response:
    response = _json({"error": error or "a bearer token is needed"}, 401)
    response.headers["WWW-Authenticate"] = f'Bearer error="{error}"' if error else "Bearer"
    return response


def _json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document, ensure_ascii=False), status, mimetype="application/json")


def _pretty(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
