"""What a registered client may do."""

from dataclasses import replace

import pytest

from idp.clients.client import Client
from idp.clients.policy import may_ask, may_redirect, permitted

WEB = Client("web", "Web", ("https://a.test/cb", "https://a.test/cb?x=1", "http://localhost:8000/cb"))
NATIVE = replace(
    WEB, application_type="native", redirect_uris=("http://127.0.0.1/cb", "http://[::1]:80/cb?x=1", "ru.city.app:/cb")
)


@pytest.mark.parametrize("uri", WEB.redirect_uris)
def test_a_registered_address_is_taken_letter_for_letter(uri):
    assert may_redirect(WEB, uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://a.test/cb/",
        "https://a.test/CB",
        "https://A.test/cb",
        "https://a.test/cb?x=2",
        "https://a.test/cb?x=1&y=2",
        "https://a.test/cb?",
        "https://a.test/cb#x",
        "https://a.test:443/cb",
        "https://a.test/cb/../cb",
        "http://a.test/cb",
        "http://localhost:8001/cb",
        "https://a.test@evil.test/cb",
        "https://[bad",
    ],
)
def test_anything_else_is_not(uri):
    assert not may_redirect(WEB, uri)


@pytest.mark.parametrize(
    ("uri", "allowed"),
    [
        ("http://127.0.0.1:51004/cb", True),
        ("http://127.0.0.1/cb", True),
        ("http://[::1]:9/cb?x=1", True),
        ("ru.city.app:/cb", True),
        ("http://127.0.0.1:51004/other", False),
        ("http://127.0.0.1:51004/cb?x=1", False),
        ("http://127.0.0.1:51004/cb#x", False),
        ("http://127.0.0.1:51004/cb#", False),
        ("http://user@127.0.0.1:51004/cb", False),
        ("http://127.0.0.1:0/cb", False),
        ("http://127.0.0.1:99999/cb", False),
        ("http://localhost:51004/cb", False),
        ("https://127.0.0.1:51004/cb", False),
        ("http://127.0.0.1.evil.test:51004/cb", False),
        ("ru.city.app:/cb2", False),
    ],
)
def test_a_native_app_listens_at_any_port_of_its_own_machine(uri, allowed):
    assert may_redirect(NATIVE, uri) is allowed


def test_resources_and_scopes():
    client = replace(WEB, permitted_resources=("https://api.test/",), scope=frozenset({"openid", "email"}))

    assert may_ask(client, "https://api.test/", "https://id.test")
    assert may_ask(client, "https://id.test", "https://id.test")
    assert not may_ask(client, "https://api.test", "https://id.test")
    assert permitted(client, {"openid", "phone"}) == {"openid"}
