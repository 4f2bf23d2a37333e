"""Certification 1.8: ``oidcc-rp-initiated-logout``, a test a module, each named by it."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from idp.keys.folder import Folder
from idp.keys.key_ring import KeyRing
from tests.certification.portal import STATE, Person, Portal, Tokens
from tests.provider import HttpBrowser, Provider
from tests.visitor import text

BACK = "https://parking.test/signed-out"


@pytest.fixture
def portal(provider: Provider, http: httpx.Client) -> Portal:
    return Portal.register(provider, http, post_logout_redirect_uris=[BACK, f"{BACK}?own=query"])


@pytest.fixture
def tokens(portal: Portal, browser: HttpBrowser, person: Person) -> Tokens:
    return portal.redeem(portal.signed_in(browser, person))


@pytest.fixture
def leave(portal: Portal, browser: HttpBrowser) -> Callable[..., httpx.Response]:
    """Send the browser to the end-session endpoint."""
    endpoint = urlsplit(portal.metadata["end_session_endpoint"]).path
    return lambda **parameters: browser.http.get(endpoint, params=parameters)


@pytest.fixture
def is_signed_in(portal: Portal, browser: HttpBrowser) -> Callable[[], bool]:
    """Ask as the suite does: in silence."""

    def ask() -> bool:
        told = portal.silently(browser, prompt="none")
        assert "code" in told or told["error"] == "login_required"
        return "code" in told

    return ask


def stays(page: httpx.Response) -> bool:
    """Tell whether the person stays with us: a page, and nothing in it that leads to where was asked."""
    return page.status_code == 200 and "Location" not in page.headers and 'href="https://' not in page.text


def test_discovery_endpoint_verification(portal: Portal):
    """oidcc-rp-initiated-logout-discovery-endpoint-verification (that it is https: see ``test_discovery``)"""
    assert portal.metadata["end_session_endpoint"] == f"{portal.metadata['issuer']}/end_session"


@pytest.mark.parametrize("back", [BACK, f"{BACK}?own=query"])
def test_rp_initiated_logout(leave: Any, tokens: Tokens, is_signed_in: Any, back: str):
    """oidcc-rp-initiated-logout: back with the state and nothing else; nobody is signed in afterwards."""
    response = leave(id_token_hint=tokens.id, post_logout_redirect_uri=back, state=STATE)

    where, _, added = response.headers["Location"].partition(back)
    assert response.status_code == 303 and where == ""
    assert parse_qsl(added[1:]) == [("state", STATE)]
    assert not is_signed_in()


def test_bad_post_logout_redirect_uri(leave: Any, tokens: Tokens):
    """oidcc-rp-initiated-logout-bad-post-logout-redirect-uri"""
    page = leave(id_token_hint=tokens.id, post_logout_redirect_uri="https://evil.test/", state=STATE)

    assert stays(page)


def with_alg_none(token: str) -> str:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return f"{head}.{token.split('.')[1]}."


def test_modified_id_token_hint(leave: Any, tokens: Tokens, is_signed_in: Any):
    """oidcc-rp-initiated-logout-modified-id-token-hint: made again with ``alg`` none."""
    assert stays(leave(id_token_hint=with_alg_none(tokens.id), post_logout_redirect_uri=BACK, state=STATE))
    assert is_signed_in()


def test_bad_id_token_hint(leave: Any, tokens: Tokens, is_signed_in: Any, provider: Provider, tmp_path: Path):
    """oidcc-rp-initiated-logout-bad-id-token-hint: signed by a foreign key under our key's name."""
    foreign = KeyRing(Folder(tmp_path / "foreign"), provider.flows.settings.keys, provider.flows.now)
    foreign.prepare()
    kid = provider.flows.keys.signer("RS256").kid
    forged = foreign.signer("RS256").sign({"typ": "JWT", "kid": kid}, tokens.claims)

    assert stays(leave(id_token_hint=forged, post_logout_redirect_uri=BACK, state=STATE))
    assert is_signed_in()


def test_no_id_token_hint(leave: Any, tokens: Tokens, browser: HttpBrowser, is_signed_in: Any):
    """oidcc-rp-initiated-logout-no-id-token-hint: we ask, and lead nowhere after the answer either."""
    page = leave(post_logout_redirect_uri=BACK, state=STATE)

    assert stays(page) and stays(browser.press(page))
    assert not is_signed_in()


@pytest.mark.parametrize("added", ["?foo=bar", "&foo=bar", "/", "#"])
def test_query_added_to_post_logout_redirect_uri(leave: Any, tokens: Tokens, added: str):
    """oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri"""
    assert stays(leave(id_token_hint=tokens.id, post_logout_redirect_uri=BACK + added, state=STATE))


@pytest.mark.parametrize(
    ("module", "parameters"),
    [("oidcc-rp-initiated-logout-no-params", {}), ("oidcc-rp-initiated-logout-only-state", {"state": STATE})],
)
def test_asked_then_signed_out(
    leave: Any, tokens: Tokens, browser: HttpBrowser, is_signed_in: Any, module: str, parameters: dict[str, str]
):
    page = leave(**parameters)
    assert stays(page) and is_signed_in()

    done = browser.press(page)

    assert stays(done) and "You are signed out" in text(done)
    assert not is_signed_in()


def test_no_post_logout_redirect_uri(leave: Any, tokens: Tokens, is_signed_in: Any):
    """oidcc-rp-initiated-logout-no-post-logout-redirect-uri: a hint alone signs out and shows so."""
    page = leave(id_token_hint=tokens.id)

    assert stays(page) and "You are signed out" in text(page)
    assert not is_signed_in()


def test_no_state(leave: Any, tokens: Tokens, is_signed_in: Any):
    """oidcc-rp-initiated-logout-no-state"""
    assert leave(id_token_hint=tokens.id, post_logout_redirect_uri=BACK).headers["Location"] == BACK
    assert not is_signed_in()
