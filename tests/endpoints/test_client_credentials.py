"""client_credentials: a service's own token, with its own scopes and resources, made without any store."""

import pytest

from tests.city import City


def ask(city: City, client_id: str = "service", **form):
    return city.token(client_id, grant_type="client_credentials", **form)


def test_the_token_speaks_of_the_client_alone(city):
    city.service()
    answer = ask(city).json

    told = city.claims(answer["access_token"], "at+jwt")
    assert told["sub"] == told["client_id"] == "service"
    assert told["aud"] == "https://id.test"
    assert told["scope"] == answer["scope"] == "parking:read parking:write"
    assert not {"acr", "auth_time", "access_level", "acting_for", "gid"} & told.keys()
    assert not {"refresh_token", "id_token"} & answer.keys()


def test_neither_database_nor_short_lived_store_is_asked_once_the_client_is_known(city, monkeypatch):
    city.service()
    ask(city)

    def refuse(*_args, **_kwargs):
        raise AssertionError("a store was asked")

    monkeypatch.setattr(type(city.flows.database), "rows", refuse)
    monkeypatch.setattr(type(city.flows.database), "run", refuse)
    monkeypatch.setattr(type(city.flows.short_lived), "_run", refuse)
    assert ask(city).status == 200


@pytest.mark.parametrize("scope", ["openid", "profile", "offline_access", "parking:delete", "unknown"])
def test_a_scope_that_is_not_the_clients_own_is_refused(city, scope):
    city.service()

    assert ask(city, scope=scope).json["error"] == "invalid_scope"


def test_fewer_scopes_may_be_asked(city):
    city.service()

    assert ask(city, scope="parking:read").json["scope"] == "parking:read"


def test_the_audience_is_the_resource_asked_for(city):
    city.service(permitted_resources=["https://api.test/", "https://files.test/"])

    def audience(*resources):
        form = [("grant_type", "client_credentials"), *(("resource", resource) for resource in resources)]
        answer = city.call("POST", "/token", form, authorization=city.basic("service")).json
        return city.claims(answer["access_token"], "at+jwt")["aud"] if "access_token" in answer else answer["error"]

    assert audience("https://api.test/") == "https://api.test/"
    assert audience("https://api.test/", "https://files.test/") == ["https://api.test/", "https://files.test/"]
    assert audience("https://other.test/") == "invalid_target"
    assert audience("https://api.test/#x") == "invalid_target"


def test_such_a_token_opens_no_userinfo(city):
    city.service()
    answer = city.userinfo(ask(city).json["access_token"])

    assert answer.status == 403
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


def test_such_a_token_can_be_introspected_and_revoked(city):
    city.service()
    token = ask(city).json["access_token"]
    told = city.introspect(token, "service")
    assert told["active"] is True
    assert told["sub"] == told["client_id"] == "service"

    city.call("POST", "/revoke", {"token": token}, authorization=city.basic("service"))
    assert city.introspect(token, "service") == {"active": False}
