"""private_key_jwt at the token endpoint: what a signed assertion must be, and that it works once."""

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from idp.flows.admin.clients import ChangeClient
from tests.city import NOON, City

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY = ECKey.generate_key("P-256", {"kid": "k-1"})
OTHER = ECKey.generate_key("P-256", {"kid": "k-1"})
NOW = int(NOON.timestamp())
GOOD = {
    "iss": "service",
    "sub": "service",
    "aud": "https://id.test",
    "iat": NOW,
    "exp": NOW + 60,
    "jti": "once",
}


@pytest.fixture
def service(city: City) -> City:
    city.service(token_endpoint_auth_method="private_key_jwt", jwks={"keys": [KEY.as_dict(private=False)]})
    return city


def sign(claims=GOOD, key=KEY, **header):
    return jwt.encode({"alg": "ES256", "kid": "k-1", **header}, dict(claims), key, algorithms=["ES256", "RS256"])


def ask(city: City, assertion: str, **form):
    sent = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion, **form}
    return city.call("POST", "/token", {name: value for name, value in sent.items() if value is not None})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": "https://id.test/token"},
        {"nbf": NOW + 8},
        {"exp": NOW + 3600},
        {"exp": NOW - 10},
        {"extra": "claim"},
    ],
)
def test_a_good_assertion_lets_in(service, changes):
    assert ask(service, sign({**GOOD, **changes})).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "other"},
        {"sub": "other"},
        {"sub": 17},
        {"sub": None},
        {"iss": None},
        {"aud": "https://other.test"},
        {"aud": ["https://id.test"]},
        {"aud": ["https://id.test", "https://other.test"]},
        {"aud": "https://id.test/"},
        {"aud": None},
        {"exp": NOW - 300},
        {"exp": NOW + 7200},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"nbf": NOW + 61},
        {"iat": NOW + 600},
        {"jti": None},
        {"jti": 17},
        {"jti": ""},
    ],
)
def test_a_bad_claim_keeps_out(service, changes):
    claims = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    answer = ask(service, sign(claims))

    assert (answer.status, answer.json["error"]) == (401, "invalid_client")


def test_an_assertion_works_once(service, clock):
    assertion = sign()

    assert ask(service, assertion).status == 200
    assert ask(service, assertion).json["error"] == "invalid_client"
    clock.move(seconds=59)
    assert ask(service, assertion).json["error"] == "invalid_client"


def test_the_same_jti_of_another_client_is_another_assertion(service):
    key = ECKey.generate_key("P-256", {"kid": "k-2"})
    service.service("second", token_endpoint_auth_method="private_key_jwt", jwks={"keys": [key.as_dict(private=False)]})
    theirs = sign({**GOOD, "iss": "second", "sub": "second"}, key, kid="k-2")

    assert ask(service, sign()).status == 200
    assert ask(service, theirs).status == 200


@pytest.mark.parametrize(
    "assertion",
    [
        "",
        "a",
        "a.b",
        "a.b.c",
        "....",
        "я.я.я",
        "e30.e30.",
        "eyJhbGciOiJub25lIn0." + "eyJzdWIiOiJzZXJ2aWNlIn0" + ".",
        "x" * 10_000,
    ],
)
def test_what_is_no_assertion_keeps_out(service, assertion):
    answer = ask(service, assertion)

    assert answer.status in (400, 401)
    assert answer.json["error"] in ("invalid_client",)


def test_a_foreign_key_keeps_out(service):
    assert ask(service, sign(key=OTHER)).json["error"] == "invalid_client"


def test_an_unknown_kid_keeps_out(service):
    assert ask(service, sign(kid="k-9")).json["error"] == "invalid_client"


def test_another_algorithm_than_the_key_is_for_keeps_out(service):
    rsa = RSAKey.generate_key(2048, {"kid": "k-1"})

    assert ask(service, sign(key=rsa, alg="RS256")).json["error"] == "invalid_client"


def test_only_the_registered_algorithm_is_taken(city):
    rsa = RSAKey.generate_key(2048, {"kid": "r"})
    keys = [KEY.as_dict(private=False), rsa.as_dict(private=False)]
    city.service(
        token_endpoint_auth_method="private_key_jwt",
        token_endpoint_auth_signing_alg="ES256",
        jwks={"keys": keys},
    )

    assert ask(city, sign(key=rsa, alg="RS256", kid="r")).json["error"] == "invalid_client"
    assert ask(city, sign()).status == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_assertion_type": None}, "invalid_request"),
        ({"client_assertion_type": "urn:other"}, "invalid_request"),
        ({"client_id": "parking"}, "invalid_request"),
        ({"client_secret": "x", "client_id": "service"}, "invalid_request"),
    ],
)
def test_what_stands_beside_the_assertion_must_fit(service, form, error):
    assert ask(service, sign(), **form).json["error"] == error


def test_a_client_with_a_secret_cannot_come_by_assertion(city):
    city.service()

    assert ask(city, sign()).json["error"] == "invalid_client"


def test_changed_keys_count_at_once(service):
    assert ask(service, sign()).status == 200
    changed = {"jwks": {"keys": [OTHER.as_dict(private=False)]}}
    ChangeClient(service.flows.registry)("service", changed)
    assert ask(service, sign({**GOOD, "jti": "2"})).json["error"] == "invalid_client"
    assert ask(service, sign({**GOOD, "jti": "3"}, OTHER)).status == 200
