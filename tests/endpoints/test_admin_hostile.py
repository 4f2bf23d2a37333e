"""Hostile metadata at the administrators' API: each is a fault with its field and a reason, and nothing is kept."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from idp.kernel.settings import Outgoing
from idp.wiring import build
from tests.city import City
from tests.endpoints.administrator import CLIENTS, DOCUMENT, Administrator, faults, problem

EC, RSA = ECKey.generate_key("P-256"), RSAKey.generate_key(2048)
PUBLIC = EC.as_dict(private=False)
KEYED = {"token_endpoint_auth_method": "private_key_jwt"}
DEEP: dict[str, Any] = {}
for _ in range(15):
    DEEP = {"a": DEEP}

REDIRECTS = [
    ("https://*.parking.test/callback", "client.wildcard"),
    ("https://parking.test/*", "client.wildcard"),
    ("https://parking.test/callback#x", "client.fragment"),
    ("https://parking.test@evil.test/", "client.userinfo"),
    ("https://user:password@parking.test/", "client.userinfo"),
    ("https://раrking.test/", "client.lookalike"),
    ("https://xn--rking-4nf3b.test/", "client.lookalike"),
    ("https://2130706433/", "client.lookalike"),
    ("https://0x7f.1/", "client.lookalike"),
    ("https://parking.test\\evil.test/", "client.not_an_address"),
    ("https://parking.test/a/../b", "client.dots"),
    ("http://parking.test/", "client.https_needed"),
    ("javascript:alert(1)", "client.scheme"),
    ("data:text/html,x", "client.scheme"),
    ("https://parking.test/\u202ex", "client.type_texts"),
    (None, "client.type_texts"),
    (17, "client.type_texts"),
    ({"a": 1}, "client.type_texts"),
]
INSIDE = [
    "https://127.0.0.1/x",
    "https://localhost/x",
    "https://10.0.0.5/x",
    "https://192.168.1.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/x",
    "https://[::ffff:10.0.0.5]/x",
    "https://[fd00::1]/x",
    "https://parking.internal/x",
    "https://parking/x",
]
JWKS = [
    ({"keys": [EC.as_dict(private=True)]}, "client.jwks_private"),
    ({"keys": [RSA.as_dict(private=True)]}, "client.jwks_private"),
    ({"keys": [OctKey.generate_key(256).as_dict()]}, "client.jwks_private"),
    ({"keys": [{**PUBLIC, "d": "AA"}]}, "client.jwks_private"),
    ({"keys": [{**RSA.as_dict(private=False), "n": "3" * 171}]}, "client.jwks_weak"),
    ({"keys": [{**RSA.as_dict(private=False), "e": "AQ"}]}, "client.jwks_weak"),
    ({"keys": [PUBLIC, PUBLIC]}, "client.jwks_names"),
    ({"keys": [PUBLIC] * 21}, "client.jwks_malformed"),
    ({"keys": [{**PUBLIC, "x5c": [None]}]}, "client.jwks_malformed"),
    ({"keys": [None]}, "client.jwks_malformed"),
    ({"keys": [DEEP]}, "client.jwks_malformed"),
    ({"keys": []}, "client.jwks_malformed"),
    ([], "client.type_object"),
]
TABLE = [
    *(("redirect_uris", {"redirect_uris": [uri]}, code) for uri, code in REDIRECTS),
    *(("post_logout_redirect_uris", {"post_logout_redirect_uris": [uri]}, code) for uri, code in REDIRECTS),
    *(("backchannel_logout_uri", {"backchannel_logout_uri": uri}, "client.internal_address") for uri in INSIDE),
    *(("initiate_login_uri", {"initiate_login_uri": uri}, "client.internal_address") for uri in INSIDE),
    *(
        ("sector_identifier_uri", {"subject_type": "pairwise", "sector_identifier_uri": uri}, "client.internal_address")
        for uri in INSIDE
    ),
    *(("jwks", {**KEYED, "jwks": jwks}, code) for jwks, code in JWKS),
    ("jwks", KEYED, "client.jwks_missing"),
    ("logo_uri", {"logo_uri": "javascript:alert(1)"}, "client.scheme"),
    ("logo_uri", {"logo_uri": "http://parking.test/logo.png"}, "client.https_needed"),
    ("jwks_uri", {"jwks_uri": "https://169.254.169.254/"}, "client.not_offered"),
    ("client_name", {"client_name": "Park\u202eing"}, "client.type_text"),
    ("client_name", {"client_name": "a\0b"}, "client.type_text"),
    ("client_name", {"client_name": "x" * 201}, "client.name_too_long"),
    ("contacts", {"contacts": ["a@b.test"] * 101}, "client.type_texts"),
    ("scope", {"scope": "openid idp.clients"}, "client.scope_of_services"),
    ("client_secret", {"client_secret": "chosen"}, "client.secret_is_made_here"),
    ("id_token_signed_response_alg", {"id_token_signed_response_alg": "none"}, "client.choice"),
    ("__proto__", {"__proto__": {"first_party": True}}, "client.unknown_member"),
    ("version", {"version": 7}, "client.unknown_member"),
]


@pytest.mark.parametrize("field", sorted({field for field, _, _ in TABLE}))
def test_a_hostile_member_is_a_fault_with_field_and_reason(city: City, admin: Administrator, field: str) -> None:
    admin.add()
    kept = city.flows.clients.fresh("parking")
    for named, members, code in TABLE:
        if named != field:
            continue
        for answer in (admin("POST", CLIENTS, {**DOCUMENT, **members}), admin.change(members)):
            assert problem(answer) == (422, "client.faulty"), members
            assert faults(answer) == {(field, code)}, members
            assert all(fault["reason"] != fault["code"] for fault in answer.json["errors"])
    assert city.flows.clients.all() == [kept]


def test_a_null_is_no_value_of_a_new_client(admin: Administrator) -> None:
    """In a merge patch it takes the member away (RFC 7396)."""
    for member in ("client_name", "redirect_uris", "jwks", "scope", "first_party", "default_max_age"):
        answer = admin("POST", CLIENTS, {**DOCUMENT, member: None})

        assert problem(answer) == (422, "client.faulty")
        assert {fault for fault, _ in faults(answer)} == {member}


@pytest.fixture
def inside(settings, migrated, key_folder, tmp_path, clock) -> Iterator[Administrator]:
    """An administrator of a provider whose setting names two networks of the city's own."""
    shutil.copy(migrated, tmp_path / "idp.db")
    shutil.copytree(key_folder, tmp_path / "keys")
    flows = build(replace(settings, outgoing=Outgoing(internal_networks=("10.1.0.0/16", "fd00::/8"))), clock)
    yield Administrator.of(City(flows))
    flows.close()


def test_an_address_inside_is_taken_where_a_setting_names_its_network_and_only_there(inside: Administrator):
    inside.add()
    for uri in ("https://10.1.2.3/x", "https://[fd00::1]/x", "https://parking.internal/x"):
        assert inside.change({"backchannel_logout_uri": uri}).status == 200
    for uri in ("https://10.2.0.1/x", "https://127.0.0.1/x", "https://169.254.169.254/x", "https://[::1]/x"):
        refused = inside.change({"backchannel_logout_uri": uri})
        assert faults(refused) == {("backchannel_logout_uri", "client.internal_address")}
