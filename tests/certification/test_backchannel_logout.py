"""Certification 1.8: ``oidcc-backchannel-rp-initiated-logout``, with a portal that really listens."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl

import httpx
import pytest

from tests.certification.checks import header_of
from tests.certification.portal import Person, Portal
from tests.provider import HttpBrowser, Provider

BACK = "https://parking.test/signed-out"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Listener(ThreadingHTTPServer):
    """Takes what is posted to a portal."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[tuple[str, str, list[tuple[str, str]]]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/backchannel"


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.heard.append((self.path, self.headers["Content-Type"], parse_qsl(body, strict_parsing=True)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def listening() -> Iterator[Listener]:
    with Listener() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as server:
        yield server


def test_discovery_endpoint_verification(portal: Portal):
    """oidcc-backchannel-logout-discovery-endpoint-verification"""
    assert portal.metadata["backchannel_logout_supported"] is True
    assert portal.metadata["backchannel_logout_session_supported"] is True
    assert portal.metadata["end_session_endpoint"]


@pytest.mark.parametrize("members", [{}, {"subject_type": "pairwise"}, {"id_token_signed_response_alg": "ES256"}])
def test_backchannel_rp_initiated_logout(
    provider: Provider,
    http: httpx.Client,
    browser: HttpBrowser,
    person: Person,
    listener: Listener,
    members: dict[str, str],
):
    """oidcc-backchannel-rp-initiated-logout: one good logout token, then the redirect, then nobody is signed in."""
    portal = Portal.register(
        provider, http, backchannel_logout_uri=listener.address, post_logout_redirect_uris=[BACK], **members
    )
    tokens = portal.redeem(portal.signed_in(browser, person))

    parameters = {"id_token_hint": tokens.id, "post_logout_redirect_uri": BACK}
    response = browser.http.get("/end_session", params=parameters)

    assert response.headers["Location"] == BACK
    [(path, content_type, form)] = listener.heard
    assert (path, content_type) == ("/backchannel", "application/x-www-form-urlencoded")
    [(name, token)] = form
    assert name == "logout_token"
    assert header_of(token)["typ"] == "logout+jwt" and header_of(token)["alg"] == header_of(tokens.id)["alg"]
    told = portal.verified(token)
    assert (told["iss"], told["aud"]) == (portal.metadata["issuer"], portal.client_id)
    assert abs(time.time() - told["iat"]) < 300 and told["exp"] > time.time()
    assert isinstance(told["jti"], str) and told["jti"]
    assert told["events"] == {EVENT: {}}
    assert (told["sub"], told["sid"]) == (tokens.claims["sub"], tokens.claims["sid"])
    assert "nonce" not in told
    assert portal.silently(browser, prompt="none")["error"] == "login_required"
    assert portal.is_shown_out(tokens)
