"""Client metadata: hostile and mistaken documents are refused whole, each fault by its name."""

from dataclasses import replace

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from idp.clients.client import Client
from idp.clients.metadata import judge
from idp.clients.stored import from_metadata, metadata_of
from idp.kernel.refusal import Faulty
from tests.clients.judging import GOOD, OFFERED, faults

EC = ECKey.generate_key("P-256", {"kid": "e"})
RSA = RSAKey.generate_key(2048, {"kid": "r"})


def test_little_is_needed():
    client = judge("parking", GOOD, OFFERED)

    assert client == Client("parking", "Parking", ("https://parking.test/callback",))
    assert client.pkce_required
    assert not client.first_party


@pytest.mark.parametrize(
    ("jwks", "code"),
    [
        ({"keys": [EC.as_dict(private=True)]}, "client.jwks_private"),
        ({"keys": [RSA.as_dict(private=True)]}, "client.jwks_private"),
        ({"keys": [OctKey.generate_key(256).as_dict()]}, "client.jwks_private"),
        ({"keys": [{**EC.as_dict(private=False), "k": "x"}]}, "client.jwks_private"),
        ({"keys": []}, "client.jwks_malformed"),
        ({}, "client.jwks_malformed"),
        ({"keys": "x"}, "client.jwks_malformed"),
        ({"keys": ["x"]}, "client.jwks_malformed"),
        ({"keys": [None]}, "client.jwks_malformed"),
        ({"keys": [{**EC.as_dict(private=False), "x5t": None}]}, "client.jwks_malformed"),
        ({"keys": [{**EC.as_dict(private=False), "x": 2**64}]}, "client.jwks_malformed"),
        ({"keys": {"a": 1}}, "client.jwks_malformed"),
        ({"keys": [{"kty": "RSA"}]}, "client.jwks_weak"),
        ({"keys": [{"kty": "EC", "crv": "P-256", "x": 1, "y": 2}]}, "client.malformed"),
        ({"keys": [{"kty": "unheard-of"}]}, "client.jwks_kind"),
        ({"keys": [ECKey.generate_key("P-521").as_dict(private=False)]}, "client.jwks_kind"),
        ({"keys": [EC.as_dict(private=False), EC.as_dict(private=False)]}, "client.jwks_names"),
        ("z", "client.type_object"),
        (17, "client.type_object"),
        ([], "client.type_object"),
    ],
)
def test_keys_must_be_public_strong_and_named(jwks, code):
    found = faults({"token_endpoint_auth_method": "private_key_jwt", "jwks": jwks})

    assert ("jwks", code) in found
    assert {field for field, _ in found} == {"jwks"}


def test_a_weak_rsa_key_is_refused():
    weak = {**RSA.as_dict(private=False), "n": "3" * 171}

    assert ("jwks", "client.jwks_weak") in faults({"jwks": {"keys": [weak]}})
    assert faults({"jwks": {"keys": [RSA.as_dict(private=False)]}}) == set()


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("client_name", 17),
        ("client_name", ""),
        ("client_name", "Park\u202eing"),
        ("client_name", ["Parking"]),
        ("redirect_uris", "https://parking.test/callback"),
        ("redirect_uris", [17]),
        ("redirect_uris", {"a": 1}),
        ("redirect_uris", [None]),
        ("grant_types", "authorization_code"),
        ("response_types", [["code"]]),
        ("scope", ["openid"]),
        ("scope", 5),
        ("contacts", "x@y.test"),
        ("default_max_age", "60"),
        ("default_max_age", True),
        ("default_max_age", -1),
        ("default_max_age", 1.5),
        ("require_auth_time", "yes"),
        ("first_party", 1),
        ("pkce_required", "no"),
        ("backchannel_logout_session_required", "true"),
        ("default_acr_values", "full"),
        ("minimum_acr", ["full"]),
        ("scope_purposes", {"openid": "because"}),
        ("scope_purposes", {"openid": {"de": "weil"}}),
        ("scope_purposes", ["openid"]),
        ("jwks_uri", "https://parking.test/jwks"),
        ("request_uris", ["https://parking.test/r"]),
        ("id_token_encrypted_response_alg", "RSA-OAEP"),
        ("client_secret", "chosen"),
        ("redirect_uri", ["https://parking.test/"]),
        ("client_name#de", "Parken"),
        ("client_name#ru", 5),
    ],
)
def test_a_member_of_the_wrong_type_or_kind_is_named(member, value):
    assert {field for field, _ in faults({member: value})} == {member}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"client_name": None}, ("client_name", "client.name_missing")),
        ({"client_name": "x" * 201}, ("client_name", "client.name_too_long")),
        ({"owner": "x" * 201}, ("owner", "client.name_too_long")),
        ({"redirect_uris": None}, ("redirect_uris", "client.redirect_missing")),
        ({"redirect_uris": []}, ("redirect_uris", "client.redirect_missing")),
        ({"redirect_uris": GOOD["redirect_uris"] * 2}, ("redirect_uris", "client.twice")),
        ({"grant_types": ["password"]}, ("grant_types", "client.choice")),
        ({"grant_types": []}, ("grant_types", "client.no_grant")),
        ({"grant_types": ["refresh_token"]}, ("grant_types", "client.refresh_alone")),
        ({"response_types": ["token"]}, ("response_types", "client.choice")),
        ({"token_endpoint_auth_method": "client_secret_jwt"}, ("token_endpoint_auth_method", "client.choice")),
        ({"token_endpoint_auth_method": "private_key_jwt"}, ("jwks", "client.jwks_missing")),
        (
            {"token_endpoint_auth_signing_alg": "RS256"},
            ("token_endpoint_auth_signing_alg", "client.only_private_key_jwt"),
        ),
        ({"token_endpoint_auth_method": "none", "pkce_required": False}, ("pkce_required", "client.public_needs_pkce")),
        (
            {"token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "client_credentials"]},
            ("grant_types", "client.public_credentials"),
        ),
        ({"scope": "openid snils"}, ("scope", "client.choice")),
        ({"scope": "openid offline_access"}, ("scope", "client.offline_without_refresh")),
        ({"id_token_signed_response_alg": "none"}, ("id_token_signed_response_alg", "client.choice")),
        ({"id_token_signed_response_alg": "HS256"}, ("id_token_signed_response_alg", "client.choice")),
        ({"userinfo_signed_response_alg": "none"}, ("userinfo_signed_response_alg", "client.choice")),
        ({"application_type": "desktop"}, ("application_type", "client.choice")),
        ({"subject_type": "secret"}, ("subject_type", "client.choice")),
        ({"minimum_acr": "gold"}, ("minimum_acr", "client.choice")),
        ({"default_acr_values": ["full", "gold"]}, ("default_acr_values", "client.choice")),
        ({"scope_purposes": {"email": {"ru": "зачем"}}}, ("scope_purposes", "client.purpose_without_scope")),
        ({"resource_uris": ["https://api.test/#x"]}, ("resource_uris", "client.fragment")),
        ({"permitted_resources": ["api"]}, ("permitted_resources", "client.not_an_address")),
        (
            {"subject_type": "pairwise", "redirect_uris": ["https://a.test/", "https://b.test/"]},
            ("sector_identifier_uri", "client.sector_missing"),
        ),
    ],
)
def test_what_does_not_go_together_is_named(changes, fault):
    assert fault in faults(changes)


def test_all_faults_come_at_once():
    found = faults(
        {
            "client_name": 5,
            "redirect_uris": ["https://*.test/", "http://parking.test/"],
            "jwks": "z",
            "backchannel_logout_uri": "https://10.0.0.1/",
            "default_max_age": "x",
            "minimum_acr": "gold",
            "logo_uri": "javascript:alert(1)",
        }
    )

    assert {field for field, _ in found} == {
        "client_name",
        "redirect_uris",
        "jwks",
        "backchannel_logout_uri",
        "default_max_age",
        "minimum_acr",
        "logo_uri",
    }
    assert {("redirect_uris", "client.wildcard"), ("redirect_uris", "client.https_needed")} <= found


@pytest.mark.parametrize("client_id", ["", "a", "with space", "ключ", "a" * 65, "-a-b", "a/b", "a:b"])
def test_a_name_of_own_choice_must_be_plain(client_id):
    with pytest.raises(Faulty, match="client_id"):
        judge(client_id, GOOD, OFFERED)


def test_scopes_of_our_own_interfaces_are_permitted_by_administrators_to_services_alone():
    service = {"grant_types": ["client_credentials"], "redirect_uris": None, "scope": "idp.clients"}
    trusting = replace(OFFERED, service_scopes=frozenset({"idp.clients"}))

    assert faults(service, trusting) == set()
    assert faults(service) == {("scope", "client.scope_reserved")}
    assert faults({**service, "scope": "idp.everything"}, trusting) == {("scope", "client.scope_reserved")}
    assert faults({"scope": "openid idp.clients"}, trusting) == {("scope", "client.scope_of_services")}


def test_a_document_survives_being_kept():
    document = {
        **GOOD,
        "client_name#ru": "Парковка",
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid email offline_access",
        "scope_purposes": {"email": {"ru": "Пришлём чек", "en": "To send the receipt"}},
        "default_max_age": 0,
        "minimum_acr": "standard",
        "first_party": True,
        "pkce_required": False,
        "contacts": ["admin@parking.test"],
    }
    client = judge("parking", document, OFFERED)

    assert from_metadata("parking", metadata_of(client)) == client
    filled = {"response_types": ["code"], "token_endpoint_auth_method": "client_secret_basic"}
    assert metadata_of(client) == {**document, **filled, "scope": "email offline_access openid"}


def test_a_client_without_scopes_can_be_judged_again_as_it_was_kept():
    assert faults({"grant_types": ["client_credentials"], "redirect_uris": None, "scope": ""}) == set()
