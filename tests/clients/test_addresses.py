"""Addresses of clients: hostile and careless ones are refused, and inside only what a setting names is called."""

import pytest

from tests.clients.judging import HTTP, INSIDE, faults


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("https://*.parking.test/callback", "client.wildcard"),
        ("https://parking.test/*", "client.wildcard"),
        ("https://parking.test/callback#x", "client.fragment"),
        ("https://parking.test/callback#", "client.fragment"),
        ("https://user@parking.test/callback", "client.userinfo"),
        ("https://parking.test@evil.test/callback", "client.userinfo"),
        ("https://user:password@parking.test/", "client.userinfo"),
        ("https://раrking.test/callback", "client.lookalike"),
        ("https://xn--80ak6aa92e.com/", "client.lookalike"),
        ("https://xn--rking-4nf3b.test/", "client.lookalike"),
        ("https://2130706433/", "client.lookalike"),
        ("https://0x7f.1/", "client.lookalike"),
        ("https://127.1/", "client.lookalike"),
        ("https://parking.test\\@evil.test/", "client.userinfo"),
        ("https://parking.test\\evil.test/", "client.not_an_address"),
        ("https://parking.test/\u202ecallback", "client.type_texts"),
        ("https://parking.test/call back", "client.not_an_address"),
        ("https://parking.test/callback\n", "client.type_texts"),
        ("https://parking.test/a/../callback", "client.dots"),
        ("https://parking.test:99999/", "client.not_an_address"),
        ("https://parking.test:port/", "client.not_an_address"),
        ("https://", "client.not_an_address"),
        ("https:///callback", "client.not_an_address"),
        ("https://[::1", "client.not_an_address"),
        ("http://parking.test/callback", "client.https_needed"),
        ("http://localhost/callback", "client.https_needed"),
        ("javascript:alert(1)", "client.scheme"),
        ("data:text/html,x", "client.scheme"),
        ("file:///etc/passwd", "client.scheme"),
        ("ru.city.app:/callback", "client.scheme"),
        ("parking.test/callback", "client.scheme"),
        ("//parking.test/callback", "client.scheme"),
        ("", "client.type_texts"),
        (" https://parking.test/", "client.type_texts"),
        ("https://parking.test/" + "a" * 3000, "client.type_texts"),
    ],
)
@pytest.mark.parametrize("member", ["redirect_uris", "post_logout_redirect_uris"])
def test_a_hostile_redirect_is_refused(member, uri, code):
    assert faults({member: [uri]}) == {(member, code)}


@pytest.mark.parametrize(
    "uri",
    [
        "https://parking.test/callback",
        "https://parking.test:8443/callback?a=b&c=%D0%B0",
        "https://xn--80adxhks.xn--p1ai/callback",
        "https://203.0.113.7/callback",
        "https://[2001:db8::1]/callback",
    ],
)
def test_a_usual_redirect_is_taken(uri):
    assert faults({"redirect_uris": [uri]}) == set()


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost/callback",
        "http://127.0.0.1:9000/cb",
        "http://[::1]/cb",
        "ru.city.app:/callback",
        "https://a.test/",
    ],
)
def test_a_native_app_may_redirect_to_itself(uri):
    assert faults({"application_type": "native", "redirect_uris": [uri]}) == set()


@pytest.mark.parametrize(
    "uri", ["http://parking.test/", "http://localhost.evil.test/", "http://127.0.0.1.nip.test/", "cityapp:/callback"]
)
def test_a_native_app_may_not_redirect_anywhere_else(uri):
    assert faults({"application_type": "native", "redirect_uris": [uri]})


def test_http_goes_where_the_issuer_is_http_itself():
    uris = {
        "redirect_uris": ["http://demo.local:8001/callback"],
        "post_logout_redirect_uris": ["http://demo.local:8001/"],
        "token_endpoint_auth_method": "none",
    }

    assert faults(uris, HTTP) == set()
    assert faults(uris) >= {("redirect_uris", "client.https_needed")}


@pytest.mark.parametrize("member", ["backchannel_logout_uri", "initiate_login_uri"])
@pytest.mark.parametrize(
    "uri",
    [
        "https://127.0.0.1/logout",
        "https://localhost/logout",
        "https://a.localhost/logout",
        "https://10.0.0.5/logout",
        "https://192.168.1.1/logout",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/logout",
        "https://[::ffff:127.0.0.1]/logout",
        "https://[fd00::1]/logout",
        "https://0.0.0.0/logout",
        "https://100.64.0.1/logout",
        "https://224.0.0.1/logout",
        "https://parking/logout",
        "https://parking.internal/logout",
        "https://parking.local/logout",
    ],
)
def test_an_address_inside_is_refused_where_we_would_call_it(member, uri):
    assert faults({member: uri}) == {(member, "client.internal_address")}


@pytest.mark.parametrize("member", ["backchannel_logout_uri", "initiate_login_uri"])
def test_an_address_inside_is_taken_where_the_setting_names_its_network(member):
    named = ("127.0.0.1", "[::ffff:127.0.0.1]", "localhost", "10.1.2.3", "parking.internal")
    for uri in (f"https://{host}/l" for host in named):
        assert faults({member: uri}, INSIDE) == set()
    for uri in ("https://10.2.0.1/l", "https://192.168.1.1/l", "https://[::1]/l"):
        assert faults({member: uri}, INSIDE) == {(member, "client.internal_address")}


@pytest.mark.parametrize(
    "member", ["backchannel_logout_uri", "initiate_login_uri", "client_uri", "logo_uri", "policy_uri", "tos_uri"]
)
def test_every_address_is_https_when_the_issuer_is(member):
    assert faults({member: "http://parking.test/x"}) == {(member, "client.https_needed")}
    assert faults({member: "http://parking.test/x"}, HTTP) == set()
    assert faults({member: "https://parking.test/x"}) == set()
