"""Who is asked to sign in, and when: prompt, max_age, hints (certification 1.2, section 2.3 and 2.4)."""

import json

import pytest

from tests.city import City
from tests.visitor import Visitor, answer, is_page

SILENT = {"prompt": "none"}


def told(town: City, answered: dict[str, str]) -> dict[str, object]:
    return town.claims(town.exchange(answered["code"]).json["id_token"])


def test_silence_without_a_session_is_login_required(visitor: Visitor):
    answered = answer(visitor.authorize(**SILENT, state="s" * 128))

    assert (answered["error"], answered["state"]) == ("login_required", "s" * 128)


def test_silence_with_a_session_tells_the_same_person_and_time(visitor: Visitor, town: City, clock):
    first = told(town, answer(visitor.sign_in(visitor.authorize())))
    clock.move(minutes=5)

    again = told(town, answer(visitor.authorize(**SILENT)))

    assert (again["sub"], again["auth_time"], again["sid"]) == (first["sub"], first["auth_time"], first["sid"])


@pytest.mark.parametrize(
    "asking", [{"prompt": "login"}, {"max_age": "1"}, {"max_age": "0"}, {"prompt": "select_account"}]
)
def test_a_wish_to_sign_in_again_is_met_once_and_moves_auth_time(visitor: Visitor, town: City, clock, asking):
    first = told(town, answer(visitor.sign_in(visitor.authorize())))
    clock.move(seconds=2)

    waiting = visitor.authorize(**asking)
    assert is_page(waiting, "/sign-in")
    clock.move(seconds=2)
    again = told(town, answer(visitor.sign_in(waiting)))

    assert again["auth_time"] == first["auth_time"] + 4 and again["sid"] == first["sid"]


def test_a_sign_in_that_is_new_enough_is_not_repeated(visitor: Visitor, town: City, clock):
    first = told(town, answer(visitor.sign_in(visitor.authorize(max_age="15000"))))
    clock.move(seconds=2)

    again = told(town, answer(visitor.authorize(max_age="10000")))

    assert again["auth_time"] == first["auth_time"]


def test_silence_with_an_old_sign_in_is_login_required(anna: Visitor):
    assert answer(anna.authorize(**SILENT, max_age="1"))["error"] == "login_required"


def test_a_registered_default_max_age_holds_unless_the_request_says_otherwise(anna: Visitor, town: City):
    town.client("strict", default_max_age=10, first_party=True)

    assert is_page(anna.authorize("strict"), "/sign-in")
    assert "code" in answer(anna.authorize("strict", max_age="100"))


def test_opening_an_account_is_offered_where_it_is_asked_for(anna: Visitor):
    assert is_page(anna.another().authorize(prompt="create"), "/sign-up")
    assert is_page(anna.authorize(prompt="create"), "/sign-up")


class TestHints:
    @pytest.fixture
    def hint(self, anna: Visitor, town: City) -> str:
        return str(town.exchange(answer(anna.authorize())["code"]).json["id_token"])

    def test_a_hint_of_the_present_person_is_answered_silently(self, anna: Visitor, town: City, hint):
        again = told(town, answer(anna.authorize(**SILENT, id_token_hint=hint)))

        assert again["sub"] == town.claims(hint)["sub"]

    def test_an_ended_hint_is_as_good(self, anna: Visitor, town: City, hint, clock):
        for _ in range(3):
            clock.move(minutes=25)
            anna.authorize()
        assert town.claims(hint)["exp"] < clock().timestamp()

        assert "code" in answer(anna.authorize(**SILENT, id_token_hint=hint, max_age="100000"))

    def test_a_hint_of_somebody_else_is_login_required_in_silence(self, anna: Visitor, town: City, hint):
        town.person("boris")
        town.session("boris-here", "boris")
        boris = anna.another().wears("boris-here")

        assert answer(boris.authorize(**SILENT, id_token_hint=hint))["error"] == "login_required"
        assert is_page(boris.authorize(id_token_hint=hint), "/sign-in")

    def test_whoever_signs_in_as_somebody_else_is_not_told_to_the_portal(self, anna: Visitor, town: City, hint):
        town.person("boris")
        town.session("boris-here", "boris")
        claims = json.dumps({"id_token": {"sub": {"value": "boris"}}})

        waiting = anna.authorize(claims=claims)
        assert is_page(waiting, "/sign-in")

        assert answer(anna.sign_in(waiting))["error"] == "login_required"

    def test_a_pairwise_sub_is_recognised(self, anna: Visitor, town: City):
        town.client("paired", subject_type="pairwise", first_party=True)
        code = answer(anna.authorize("paired"))["code"]
        hint = town.exchange(code, "paired").json["id_token"]

        assert town.claims(hint)["sub"] != "anna"
        assert "code" in answer(anna.authorize("paired", **SILENT, id_token_hint=hint))

    def test_another_portals_hint_is_refused(self, anna: Visitor, hint):
        assert answer(anna.authorize("library", id_token_hint=hint))["error"] == "invalid_request"

    def test_an_access_token_is_no_hint(self, anna: Visitor, town: City):
        token = town.exchange(answer(anna.authorize())["code"]).json["access_token"]

        assert answer(anna.authorize(id_token_hint=token))["error"] == "invalid_request"


@pytest.mark.parametrize("member", ["id_token", "userinfo"])
def test_a_certain_sub_may_be_asked_for(anna: Visitor, member):
    def expecting(sub: str) -> dict[str, str]:
        return {"claims": json.dumps({member: {"sub": {"value": sub}}})}

    assert "code" in answer(anna.authorize(**SILENT, **expecting("anna")))
    assert answer(anna.authorize(**SILENT, **expecting("boris")))["error"] == "login_required"


def test_a_login_hint_stands_in_the_field_and_is_no_markup(visitor: Visitor):
    page = visitor.follow(visitor.authorize(login_hint='"><b>anna'))

    assert 'value="&#34;&gt;&lt;b&gt;anna"' in page.text


def test_the_portals_language_is_spoken(visitor: Visitor):
    russian = visitor.follow(visitor.authorize(ui_locales="fr ru-RU en"))

    assert russian.headers["Content-Language"] == "ru"
    assert visitor.follow(visitor.authorize(ui_locales="fr")).headers["Content-Language"] == "en"


def test_claims_asked_by_name_come_where_they_were_asked(anna: Visitor, town: City):
    wishes = {"userinfo": {"name": {"essential": True}, "unknown": None}, "id_token": {"email": None}}
    tokens = town.exchange(answer(anna.authorize(claims=json.dumps(wishes)))["code"]).json

    assert town.userinfo(tokens["access_token"]).json["name"]
    assert town.claims(tokens["id_token"])["email"] == "anna@example.ru"
    assert "name" not in town.claims(tokens["id_token"])


def test_whoever_signs_in_where_somebody_else_was_ends_that_session(visitor: Visitor, town: City):
    town.person("boris")
    town.session("boris-here", "boris")

    answered = answer(visitor.sign_in(visitor.wears("boris-here").authorize(prompt="login")))

    assert told(town, answered)["sub"] == "anna"
    left = town.flows.people.sessions.get("boris-here")
    assert left is not None and left.ended_at is not None
