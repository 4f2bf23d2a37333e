"""One relying party's conversation with the provider: ask, take the answer, refresh, say good-bye."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx
from werkzeug.datastructures import WWWAuthenticate

from demo.cast import Portal
from demo.portals.oauth import OAuthClient, OAuthError
from demo.portals.provider import Provider, Unreachable
from demo.portals.tokens import Distrusted, Expected, Farewell, read_id_token, read_logout_token
from demo.secrets import Credentials


class Refusal(Exception):
    """The provider answered with an error of the protocol."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.description = description


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in under way: what was asked, and where the person wanted to go."""

    state: str
    nonce: str
    verifier: str
    path: str = "/"
    acr: str = ""
    silent: bool = False
    max_age: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the provider told: the ID token's claims, UserInfo, and the tokens themselves."""

    claims: dict[str, Any]
    userinfo: dict[str, Any]
    id_token: str
    access_token: str
    refresh_token: str = ""
    asked_acr: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """What a resource server answered: a document, or the step up that it wants before it does (RFC 9470)."""

    document: dict[str, Any]
    acr: str = ""
    max_age: str = ""


class Keeper(Protocol):
    """Where the party's own secret or key is looked up."""

    def read(self) -> dict[str, Credentials]: ...


@dataclass(frozen=True, slots=True)
class RelyingParty:
    portal: Portal
    address: str
    provider: Provider
    keeper: Keeper

    def ask(self, attempt: Attempt, locale: str, login_hint: str = "") -> str:
        """Return the address of the authorization request. A level is asked as an essential claim: it is binding."""
        wishes: dict[str, str] = {"nonce": attempt.nonce, "ui_locales": locale}
        if attempt.acr:
            wishes["claims"] = json.dumps({"id_token": {"acr": {"essential": True, "value": attempt.acr}}})
            # Should the level come later, or in another browser, the provider leads back here (Core 4).
            wishes["target_link_uri"] = self.address + attempt.path
        if attempt.max_age:
            wishes["max_age"] = attempt.max_age
        if attempt.silent:
            wishes["prompt"] = "none"
        if login_hint:
            wishes["login_hint"] = login_hint
        return self._client().authorization_address(
            self.provider.endpoint("authorization_endpoint"), attempt.state, attempt.verifier, wishes
        )

    def take(self, attempt: Attempt, answer: Mapping[str, str]) -> SignedIn:
        """Turn the provider's answer at the redirect address into a signed-in person, or raise what is wrong."""
        if answer.get("iss") != self.provider.issuer:
            raise Distrusted("the answer's iss is another issuer (RFC 9207)")
        if "error" in answer:
            raise Refusal(answer["error"], answer.get("error_description", ""))
        if not answer.get("code"):
            raise Distrusted("the answer has neither code nor error")
        tokens = self._asked(
            grant_type="authorization_code",
            code=answer["code"],
            code_verifier=attempt.verifier,
            redirect_uri=self.callback,
        )
        return self._believed(tokens, self._expected(nonce=attempt.nonce, acr=attempt.acr), attempt.acr)

    def refresh(self, signed_in: SignedIn) -> SignedIn:
        """Ask for new tokens: the level may have risen or fallen since."""
        tokens = self._asked(grant_type="refresh_token", refresh_token=signed_in.refresh_token)
        tokens.setdefault("refresh_token", signed_in.refresh_token)
        expected = self._expected(acr=signed_in.asked_acr, sub=signed_in.claims["sub"])
        return self._believed(tokens, expected, signed_in.asked_acr)

    def call(self, signed_in: SignedIn, server: str, path: str) -> tuple[Called, SignedIn]:
        """Call a server with a token made for it alone (RFC 8707); the refresh token moves on."""
        tokens = self._asked(grant_type="refresh_token", refresh_token=signed_in.refresh_token, resource=server)
        kept = replace(signed_in, refresh_token=tokens.get("refresh_token", signed_in.refresh_token))
        try:
            answer = self.provider.web.get(server + path, headers={"Authorization": f"Bearer {tokens['access_token']}"})
            if answer.status_code == 401:
                return self._challenged(answer.headers.get("WWW-Authenticate", "")), kept
            answer.raise_for_status()
            return Called(dict(answer.json())), kept
        except (httpx.HTTPError, ValueError, TypeError) as error:
            raise Unreachable("resource server") from error

    def _challenged(self, header: str) -> Called:
        asked = WWWAuthenticate.from_header(header)
        if asked is None or asked.get("error") != "insufficient_user_authentication":
            raise Refusal(str(asked.get("error") if asked is not None else ""), header)
        return Called({}, (asked.get("acr_values") or "").partition(" ")[0], asked.get("max_age") or "")

    def good_bye(self, id_token: str) -> str:
        """Return where the person signs out everywhere. The provider's own page shows who was told, so none of ours is
        named to return to (OpenID Connect RP-Initiated Logout 2)."""
        query = urlencode({"id_token_hint": id_token, "client_id": self.portal.client_id})
        return f"{self.provider.endpoint('end_session_endpoint')}?{query}"

    def told(self, logout_token: str) -> Farewell:
        """Read a logout token that claims to come from the provider."""
        return read_logout_token(logout_token, self.provider.keys_for(logout_token), self._expected())

    @property
    def callback(self) -> str:
        return self.address + "/callback"

    def _expected(self, nonce: str = "", acr: str = "", sub: str = "") -> Expected:
        return Expected(self.provider.issuer, self.portal.client_id, self.portal.id_token_alg, nonce, acr, sub)

    def _client(self) -> OAuthClient:
        credentials = self.keeper.read().get(self.portal.client_id, Credentials())
        return OAuthClient.of(self.provider.web, self.portal, credentials, self.callback)

    def _asked(self, **parameters: str) -> dict[str, Any]:
        try:
            return self._client().tokens(self.provider.endpoint("token_endpoint"), parameters)
        except OAuthError as error:
            raise Refusal(str(error.error), str(error.description or "")) from error
        except (httpx.HTTPError, ValueError) as error:
            raise Unreachable("token endpoint") from error

    def _believed(self, tokens: dict[str, Any], expected: Expected, acr: str) -> SignedIn:
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise Distrusted("the token answer lacks a token")
        claims = read_id_token(id_token, self.provider.keys_for(id_token), expected, access_token)
        userinfo = self._userinfo(access_token)
        if userinfo.get("sub") != claims["sub"]:
            raise Distrusted("UserInfo: another person's (OpenID Connect Core 5.3.2)")
        return SignedIn(claims, userinfo, id_token, access_token, tokens.get("refresh_token", ""), acr)

    def _userinfo(self, access_token: str) -> dict[str, Any]:
        try:
            answer = self.provider.web.get(
                self.provider.endpoint("userinfo_endpoint"), headers={"Authorization": f"Bearer {access_token}"}
            )
            answer.raise_for_status()
            return dict(answer.json())
        except (httpx.HTTPError, ValueError, TypeError) as error:
            raise Unreachable("UserInfo") from error


def new_attempt(path: str = "/", acr: str = "", silent: bool = False, max_age: str = "") -> Attempt:
    """Return an attempt with fresh ``state``, ``nonce`` and PKCE verifier (RFC 7636: 43 signs or more)."""
    state, nonce, verifier = (secrets.token_urlsafe(length) for length in (24, 24, 48))
    return Attempt(state, nonce, verifier, path, acr, silent, max_age)
