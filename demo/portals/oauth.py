"""Authlib's OAuth 2.0 client over httpx, as every application of the city uses it."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]
from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]
from authlib.oauth2.rfc7523 import PrivateKeyJWT  # type: ignore[import-untyped]
from joserfc.jwk import ECKey

from demo.cast import ASSERTION_ALG, Portal
from demo.secrets import Credentials

__all__ = ["OAuthClient", "OAuthError"]


class HttpxClientAuth(httpx.Auth, ClientAuth):  # type: ignore[misc]
    """Lets httpx ask Authlib how the client authenticates. Authlib's own bridge to httpx is deprecated."""

    requires_request_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        headers = {name: value for name, value in request.headers.items() if name != "content-length"}
        url, headers, body = self.prepare(request.method, str(request.url), headers, request.content.decode())
        yield httpx.Request(request.method, url, headers=headers, content=body, extensions=request.extensions)


class HttpxOAuth2Client(OAuth2Client):  # type: ignore[misc]
    client_auth_class = HttpxClientAuth
    oauth_error_class = OAuthError


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """What the city needs of Authlib's client, typed. ``method`` is how the client authenticates."""

    authlib: Any

    @classmethod
    def of(cls, web: httpx.Client, portal: Portal, credentials: Credentials, redirect_uri: str) -> "OAuthClient":
        return cls.named(web, portal.client_id, portal.auth_method, credentials, portal.scope, redirect_uri)

    @classmethod
    def named(
        cls,
        web: httpx.Client,
        client_id: str,
        method: str,
        credentials: Credentials,
        scope: str = "",
        redirect_uri: str = "",
    ) -> "OAuthClient":
        secret = ECKey.import_key(credentials.jwk) if credentials.jwk else credentials.secret
        client = HttpxOAuth2Client(
            web,
            client_id=client_id,
            client_secret=secret,
            token_endpoint_auth_method=method,
            scope=scope or None,
            redirect_uri=redirect_uri or None,
            code_challenge_method="S256",
        )
        if method == PrivateKeyJWT.name:
            client.register_client_auth_method(PrivateKeyJWT(alg=ASSERTION_ALG))
        return cls(client)

    def authorization_address(self, endpoint: str, state: str, verifier: str, wishes: Mapping[str, str]) -> str:
        address, _state = self.authlib.create_authorization_url(endpoint, state=state, code_verifier=verifier, **wishes)
        return str(address)

    def tokens(self, endpoint: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        """Ask the token endpoint; an error it answers with is an ``OAuthError``."""
        values = dict(parameters)
        if values.pop("grant_type") == "refresh_token":
            return dict(self.authlib.refresh_token(endpoint, **values))
        return dict(self.authlib.fetch_token(endpoint, grant_type=parameters["grant_type"], **values))

    def introspection(self, endpoint: str, token: str) -> dict[str, Any]:
        """Ask what an access token is worth (RFC 7662)."""
        answer: httpx.Response = self.authlib.introspect_token(endpoint, token=token, token_type_hint="access_token")
        answer.raise_for_status()
        return dict(answer.json())
