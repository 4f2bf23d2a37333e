"""Authlib's client over requests, as an application uses it: code with PKCE, ID token, UserInfo, refresh, assertion."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tests.provider import Provider
from tests.relying_parties.arrange import Person, register
from tests.relying_parties.browser import Browser

ADDRESS = "http://127.0.0.1:9"  # nobody listens: the browser stops before it
CALLBACK = f"{ADDRESS}/callback"
VERIFIER = "a-verifier-of-the-right-length-0123456789-abc"
METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")


@dataclass(frozen=True)
class Application:
    """A client of one method; ``metadata`` are what discovery tells it."""

    session: OAuth2Session
    metadata: dict[str, Any]

    def tokens(self, browser: Browser, person: Person, **wishes: str) -> dict[str, Any]:
        """Sign the person in, and exchange the code."""
        where, state = self.session.create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=VERIFIER, nonce="n-1", **wishes
        )
        browser.open(where)
        browser.sign_in(person, until=CALLBACK)
        return self.session.fetch_token(
            self.metadata["token_endpoint"],
            authorization_response=browser.address,
            state=state,
            code_verifier=VERIFIER,
        )

    def claims(self, tokens: dict[str, Any], nonce: str = "n-1") -> CodeIDToken:
        """Look at the ID token as Authlib's integrations do."""
        keys = KeySet.import_key_set(requests.get(self.metadata["jwks_uri"], timeout=5).json())
        token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
        options = {
            "iss": {"essential": True, "value": self.metadata["issuer"]},
            "aud": {"essential": True, "value": self.session.client_id},
        }
        expected = {"client_id": self.session.client_id, "nonce": nonce, "access_token": tokens["access_token"]}
        claims = CodeIDToken(token.claims, token.header, options, expected)
        claims.validate(leeway=10)
        return claims


@pytest.fixture(scope="module")
def applications(provider: Provider) -> Iterator[dict[str, Application]]:
    """An application of every method of authentication."""
    metadata = requests.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=5).json()
    key = ECKey.generate_key("P-256", {"kid": "authlib", "alg": "ES256"})
    made = {}
    for method in METHODS:
        proof: dict[str, Any] = {"token_endpoint_auth_method": method}
        if method == "private_key_jwt":
            proof |= {"token_endpoint_auth_signing_alg": "ES256", "jwks": {"keys": [key.as_dict(private=False)]}}
        client_id = f"authlib-{method.replace('_', '-')}"
        secret = register(provider, client_id, ADDRESS, **proof)
        session = OAuth2Session(
            client_id,
            key if method == "private_key_jwt" else secret or None,
            token_endpoint_auth_method=method,
            scope="openid email offline_access",
            redirect_uri=CALLBACK,
            code_challenge_method="S256",
            token_endpoint=metadata["token_endpoint"],
        )
        if method == "private_key_jwt":
            session.register_client_auth_method(PrivateKeyJWT(alg="ES256"))
        made[method] = Application(session, metadata)
    yield made
    for application in made.values():
        application.session.close()


@pytest.fixture(params=METHODS)
def application(request: pytest.FixtureRequest, applications: dict[str, Application]) -> Application:
    return applications[request.param]


@pytest.fixture
def basic(applications: dict[str, Application]) -> Application:
    return applications["client_secret_basic"]


def test_a_person_signs_in_and_the_token_stands_every_check(application: Application, browser: Browser, anna: Person):
    tokens = application.tokens(browser, anna, acr_values="simplified")

    claims = application.claims(tokens)

    assert (claims["sub"], claims["acr"], claims["amr"]) == (anna.account_id, "simplified", ["pwd"])
    told = application.session.get(application.metadata["userinfo_endpoint"]).json()
    assert (told["sub"], told["email"], told["acr"]) == (anna.account_id, "anna@example.ru", "simplified")


def test_a_refresh_brings_the_same_person_and_another_refresh_token(
    application: Application, browser: Browser, anna: Person
):
    first = application.tokens(browser, anna)

    second = application.session.refresh_token(application.metadata["token_endpoint"])

    assert second["refresh_token"] != first["refresh_token"]
    claims = application.claims(second, nonce="")
    assert claims["sub"] == anna.account_id and "nonce" not in claims


def test_another_verifier_is_refused(basic: Application, browser: Browser, anna: Person):
    where, state = basic.session.create_authorization_url(
        basic.metadata["authorization_endpoint"], code_verifier=VERIFIER
    )
    browser.open(where)
    browser.sign_in(anna, until=CALLBACK)

    with pytest.raises(OAuthError, match="invalid_grant"):
        basic.session.fetch_token(
            basic.metadata["token_endpoint"],
            authorization_response=browser.address,
            state=state,
            code_verifier=VERIFIER[::-1],
        )


def test_a_revoked_token_is_told_inactive(basic: Application, browser: Browser, anna: Person):
    token = basic.tokens(browser, anna)["refresh_token"]
    introspection, revocation = basic.metadata["introspection_endpoint"], basic.metadata["revocation_endpoint"]
    assert basic.session.introspect_token(introspection, token=token).json()["active"] is True

    assert basic.session.revoke_token(revocation, token=token).status_code == 200

    assert basic.session.introspect_token(introspection, token=token).json() == {"active": False}
    with pytest.raises(OAuthError, match="invalid_grant"):
        basic.session.refresh_token(basic.metadata["token_endpoint"], refresh_token=token)


def test_a_native_application_comes_back_to_any_port_of_loopback(
    provider: Provider, applications: dict[str, Application], browser: Browser, anna: Person
):
    register(
        provider,
        "authlib-native",
        ADDRESS,
        redirect_uris=["http://127.0.0.1/callback"],
        application_type="native",
        token_endpoint_auth_method="none",
    )
    with OAuth2Session(
        "authlib-native",
        token_endpoint_auth_method="none",
        scope="openid",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
    ) as session:
        application = Application(session, applications["none"].metadata)
        assert application.claims(application.tokens(browser, anna))["sub"] == anna.account_id
