"""UserInfo: the three ways to bring a token, which claims come, and when it says no."""

import pytest

from idp.assurance.acr import AcrRequest
from tests.city import PERSON, City


def access(town: City, client_id: str = "parking", **changes) -> str:
    return town.exchange(town.code(town.grant(client_id, **changes)), client_id).json["access_token"]


def test_get_with_a_header(town):
    answer = town.userinfo(access(town))

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["sub"] == PERSON


def test_post_with_a_header(town):
    assert town.call("POST", "/userinfo", authorization=f"Bearer {access(town)}").status == 200


def test_post_with_a_form(town):
    assert town.call("POST", "/userinfo", {"access_token": access(town)}).status == 200


def test_a_token_in_the_address_is_not_read(town):
    answer = town.call("GET", "/userinfo", query=f"access_token={access(town)}")

    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_two_ways_at_once_are_refused(town):
    token = access(town)
    answer = town.call("POST", "/userinfo", {"access_token": token}, authorization=f"Bearer {token}")

    assert answer.status == 400
    assert 'error="invalid_request"' in answer.headers["www-authenticate"]


def test_scopes_bring_their_claims(town):
    told = town.userinfo(access(town, scope=frozenset({"openid", "profile", "email", "phone"}))).json

    assert told == {
        "sub": PERSON,
        "acr": "simplified",
        "access_level": "simplified",
        "family_name": "Иванова",
        "given_name": "Анна",
        "middle_name": "Петровна",
        "name": "Иванова Анна Петровна",
        "gender": "female",
        "birthdate": "1980-05-17",
        "locale": "ru",
        "updated_at": int(town.at.timestamp()),
        "email": "anna@example.ru",
        "email_verified": True,
        "phone_number": "+79001234567",
        "phone_number_verified": True,
    }


def test_openid_alone_tells_who_and_how_surely(town):
    told = town.userinfo(access(town, scope=frozenset({"openid"}))).json

    assert told == {"sub": PERSON, "acr": "simplified", "access_level": "simplified"}


def test_contacts_that_are_not_there_leave_no_empty_claims(town):
    town.erase_contacts()
    told = town.userinfo(access(town, scope=frozenset({"openid", "email", "phone"}))).json

    assert told.keys() == {"sub", "acr", "access_level"}


def test_an_own_login_is_the_preferred_username(town):
    town.person("boris", login="boris.k", login_chosen=True)
    told = town.userinfo(access(town, account_id="boris", scope=frozenset({"openid", "profile"}))).json

    assert told["preferred_username"] == "boris.k"


def test_claims_asked_for_by_name_come_where_they_were_asked(town):
    request = {
        "userinfo": {"name": {"essential": True}, "email": None, "given_name": {"value": "Ольга"}, "nonsense": None},
        "id_token": {"family_name": None, "birthdate": {"values": ["1980-05-17", "1990-01-01"]}},
    }
    grant = town.grant(scope=frozenset({"openid"}), claims_request=request)
    answer = town.exchange(town.code(grant)).json

    told = town.userinfo(answer["access_token"]).json
    assert told["name"] == "Иванова Анна Петровна"
    assert told["email"] == "anna@example.ru"
    assert not {"given_name", "nonsense", "family_name"} & told.keys()
    in_token = town.claims(answer["id_token"])
    assert in_token["family_name"] == "Иванова"
    assert in_token["birthdate"] == "1980-05-17"
    assert "name" not in in_token


def test_a_claim_of_a_scope_the_client_is_not_registered_for_is_not_told(town):
    town.client("kiosk", scope="openid profile", grant_types=["authorization_code"])
    request = {"userinfo": {"email": {"essential": True}, "name": None}}
    told = town.userinfo(access(town, "kiosk", scope=frozenset({"openid"}), claims_request=request)).json

    assert "name" in told
    assert "email" not in told


def test_a_signed_answer_for_a_client_that_registered_for_it(town):
    for alg in ("RS256", "ES256", "EdDSA"):
        name = f"signed-{alg}"
        town.client(name, userinfo_signed_response_alg=alg)
        answer = town.userinfo(access(town, name))

        assert answer.headers["content-type"] == "application/jwt"
        told = town.claims(answer.body.decode())
        assert (told["iss"], told["aud"], told["sub"]) == ("https://id.test", name, PERSON)


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "e30.e30.e30", "я", "x" * 20_000])
def test_what_is_no_token_of_ours_is_invalid(town, token):
    answer = town.call("POST", "/userinfo", {"access_token": token})

    assert answer.status == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert answer.json["error"] == "invalid_token"


def test_an_id_token_is_no_access_token(town):
    tokens = town.exchange(town.code(town.grant())).json

    assert town.userinfo(tokens["id_token"]).status == 401


def test_a_token_expires(town, clock):
    token = access(town)
    clock.move(seconds=299)
    assert town.userinfo(token).status == 200
    clock.move(seconds=1)
    assert town.userinfo(token).status == 401


def test_a_token_for_another_resource_is_refused(town):
    town.client("reader", permitted_resources=["https://api.test/"])
    token = access(town, "reader", resources=("https://api.test/",))

    assert town.userinfo(token).status == 401


def test_a_token_without_openid_is_too_narrow(town):
    answer = town.userinfo(access(town, scope=frozenset({"profile"})))

    assert answer.status == 403
    assert 'scope="openid"' in answer.headers["www-authenticate"]


def test_sign_out_ends_the_token(town):
    token = access(town)
    town.sign_out()

    assert town.userinfo(token).status == 401


def test_a_token_whose_acr_cannot_be_given_any_more_is_invalid_and_inactive(town):
    town.prove("pension_fund")
    token = access(town, acr_request=AcrRequest(("standard",)))
    town.disprove("pension_fund")

    assert town.userinfo(token).status == 401
    assert town.introspect(token) == {"active": False}


def test_a_binding_level_seen_lost_does_not_come_back(town):
    town.prove("pension_fund")
    token = access(town, acr_request=AcrRequest(("standard",), binding=True))
    town.disprove("pension_fund")
    assert town.userinfo(token).status == 401
    town.prove("pension_fund")

    assert town.userinfo(token).status == 401


def test_a_lost_minimum_of_the_client_is_as_binding(town):
    town.prove("pension_fund")
    token = access(town, acr_request=AcrRequest(("full",), floor="standard"))
    assert town.userinfo(token).json["acr"] == "standard"
    town.disprove("pension_fund")

    assert town.userinfo(token).status == 401


def test_a_risen_level_is_told_as_of_now(town):
    token = access(town)
    town.prove("visit")

    assert town.userinfo(token).json["access_level"] == "full"


def test_one_statement_is_enough(town, monkeypatch):
    token = access(town)
    town.userinfo(token)
    seen = []
    rows = type(town.flows.database).rows
    monkeypatch.setattr(
        type(town.flows.database), "rows", lambda self, *given: seen.append(given) or rows(self, *given)
    )

    assert town.userinfo(token).status == 200
    assert len(seen) == 1


def test_pairwise_subjects_differ_by_sector_and_agree_within_one(town):
    for name, host in (("one", "a.test"), ("two", "a.test"), ("three", "b.test")):
        town.client(name, subject_type="pairwise", redirect_uris=[f"https://{host}/{name}"])

    def sub(name):
        grant = town.grant(name)
        uri = town.flows.clients.get(name).redirect_uris[0]
        tokens = town.exchange(town.code(grant, redirect_uri=uri), name, redirect_uri=uri).json
        told = town.userinfo(tokens["access_token"]).json["sub"]
        assert told == town.claims(tokens["id_token"])["sub"]
        return told

    assert sub("one") == sub("two")
    assert sub("one") != sub("three")
    assert PERSON not in (sub("one"), sub("three"))
