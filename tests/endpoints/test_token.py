"""The token endpoint from the outside: who may come in, by which way, with which grant, and what comes back."""

from base64 import b64encode

import pytest

from idp.flows.admin.clients import DisableClient
from tests.city import CALLBACK, PERSON, VERIFIER, City
from tests.conftest import StillClock


@pytest.fixture
def code(town: City) -> str:
    return town.code(town.grant())


def test_a_code_gives_an_access_token_an_id_token_and_a_refresh_token(town, code):
    answer = town.exchange(code)

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == 300
    assert answer.json["scope"] == "openid profile email offline_access"
    access = town.claims(answer.json["access_token"], "at+jwt")
    assert access["iss"] == access["aud"] == "https://id.test"
    assert access["sub"] == PERSON
    assert access["client_id"] == "parking"
    assert access["acr"] == access["access_level"] == "simplified"
    assert access["exp"] - access["iat"] == 300
    assert {"jti", "gid", "auth_time", "scope"} <= access.keys()
    told = town.claims(answer.json["id_token"])
    assert told["aud"] == "parking"
    assert told["nonce"] == "n-1"
    assert told["sid"] == "session"
    assert told["amr"] == ["pwd"]
    assert told["auth_time"] == access["auth_time"]
    assert "name" not in told
    assert "email" not in told


def test_no_nonce_is_told_where_none_was_sent(town):
    answer = town.exchange(town.code(town.grant(), nonce=""))

    assert "nonce" not in town.claims(answer.json["id_token"])


def test_without_openid_there_is_no_id_token(town):
    answer = town.exchange(town.code(town.grant(scope=frozenset({"profile"}))))

    assert answer.status == 200
    assert "id_token" not in answer.json


def test_a_client_not_registered_for_it_gets_no_refresh_token(town):
    town.client("kiosk", grant_types=["authorization_code"], scope="openid")
    grant = town.grant("kiosk", scope=frozenset({"openid"}))

    assert "refresh_token" not in town.exchange(town.code(grant), "kiosk").json


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "nonsense"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_grant"),
        ({"redirect_uri": CALLBACK + "?a=b"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"resource": "https://unknown.test/"}, "invalid_target"),
    ],
)
def test_what_is_wrong_with_an_exchange_is_named(town, code, changes, error):
    answer = town.exchange(**{"code": code, **changes})

    assert (answer.status, answer.json["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"
    assert "access_token" not in answer.json


def test_a_verifier_without_a_challenge_is_a_downgrade(town):
    code = town.code(town.grant(), code_challenge="")

    assert town.exchange(code).json["error"] == "invalid_grant"


def test_a_code_without_a_challenge_needs_no_verifier(town):
    code = town.code(town.grant(), code_challenge="")

    assert town.exchange(code, code_verifier=None).status == 200


def test_another_clients_code_is_refused_and_used_up(town, code):
    assert town.exchange(code, "library").json["error"] == "invalid_grant"
    assert town.exchange(code).json["error"] == "invalid_grant"


def test_a_code_lives_a_minute(town: City, code: str, clock: StillClock):
    clock.move(seconds=61)

    assert town.exchange(code).json["error"] == "invalid_grant"


def test_a_second_use_is_refused_and_ends_what_the_first_one_got(town, code, clock):
    first = town.exchange(code).json
    clock.move(seconds=30)
    second = town.exchange(code)

    assert (second.status, second.json["error"]) == (400, "invalid_grant")
    assert town.userinfo(first["access_token"]).status == 401
    assert town.introspect(first["access_token"]) == {"active": False}
    assert town.refresh(first["refresh_token"]).json["error"] == "invalid_grant"


def test_the_first_use_is_answered_even_if_a_second_one_ended_the_grant_meanwhile(town):
    grant = town.grant()
    code = town.code(grant)
    town.flows.grants.end(grant.id, "replayed_code", town.at)

    assert town.exchange(code).status == 200


@pytest.mark.parametrize("reason", ["revoked", "signed_out", "withdrawn", "closed"])
def test_a_grant_that_ended_otherwise_gives_nothing(town, reason):
    grant = town.grant()
    code = town.code(grant)
    town.flows.grants.end(grant.id, reason, town.at)

    assert town.exchange(code).json["error"] == "invalid_grant"


# Who comes in.


def test_parameters_in_the_address_are_not_read(town, code):
    answer = town.call("POST", "/token", query="grant_type=client_credentials", authorization=town.basic("parking"))

    assert answer.json["error"] == "invalid_request"


@pytest.mark.parametrize("name", ["grant_type", "code", "client_id", "anything"])
def test_a_parameter_given_twice_is_refused(town, code, name):
    form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), (name, "a"), (name, "a")]
    answer = town.call("POST", "/token", form, authorization=town.basic("parking"))

    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "body", [b"grant_type=%FF", b"grant_type=\xff", b"grant_type=a%00b", b"a=1&" * 300, b"a=" + b"b" * 70_000]
)
def test_a_body_that_cannot_be_read_is_a_plain_refusal(town, body):
    answer = town.call("POST", "/token", body)

    assert answer.status in (400, 413)
    assert answer.json["error"] == "invalid_request"


def test_unknown_clients_and_wrong_secrets_get_the_same_answer(town):
    wrong = town.call("POST", "/token", {"grant_type": "x"}, authorization=town.basic("parking", "wrong"))
    unknown = town.call("POST", "/token", {"grant_type": "x"}, authorization=town.basic("nobody", "wrong"))

    assert wrong == unknown
    assert wrong.status == 401
    assert wrong.json["error"] == "invalid_client"
    assert wrong.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic " + b64encode(b"no-colon").decode(),
        "Basic " + b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + b64encode(b"%FF:%FF").decode(),
        "Bearer token",
        "Digest username=x",
    ],
)
def test_an_unreadable_header_is_an_unknown_client(town, header):
    answer = town.call("POST", "/token", {"grant_type": "authorization_code"}, authorization=header)

    assert (answer.status, answer.json["error"]) == (401, "invalid_client")


def test_two_ways_of_authentication_at_once_are_refused(town, code):
    answer = town.exchange(code, client_id="parking", client_secret=town.secrets["parking"])

    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


def test_a_client_may_only_come_the_way_it_is_registered_for(town):
    town.client("posting", token_endpoint_auth_method="client_secret_post")
    form = {"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK}
    posted = {**form, "client_id": "posting", "client_secret": town.secrets["posting"]}
    stray = {**form, "client_id": "parking", "client_secret": town.secrets["parking"]}

    assert town.call("POST", "/token", posted).json["error"] == "invalid_grant"
    assert town.call("POST", "/token", form, authorization=town.basic("posting")).json["error"] == "invalid_client"
    assert town.call("POST", "/token", stray).json["error"] == "invalid_client"
    assert town.call("POST", "/token", {**form, "client_id": "posting"}).json["error"] == "invalid_client"


def test_a_public_client_gives_its_name_alone(town):
    town.client("our-city", token_endpoint_auth_method="none")
    code = town.code(town.grant("our-city"))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "client_id": "our-city"}

    answer = town.call("POST", "/token", {**form, "code_verifier": VERIFIER})

    assert answer.status == 200


def test_a_confidential_client_cannot_come_by_its_name_alone(town, code):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "client_id": "parking"}

    assert town.call("POST", "/token", form).json["error"] == "invalid_client"


def test_a_disabled_client_is_an_unknown_one(town, code, clock):

    DisableClient(town.flows.registry)("parking")

    assert town.exchange(code).json["error"] == "invalid_client"


def test_another_method_than_post_is_refused(town):
    answer = town.call("GET", "/token")

    assert answer.status == 405
    assert answer.headers["allow"] == "POST"
