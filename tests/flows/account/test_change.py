"""What UPD-03 lets a person change, what that costs at a verified level (Q-10), and who is told."""

from dataclasses import replace
from datetime import date

import pytest

from idp.accounts.account import Gender, Name
from idp.accounts.consent import ConsentKind
from idp.accounts.throttle import TooMany
from idp.assurance.levels import Level, standing
from idp.flows.account.change import DataForm
from idp.kernel.refusal import Faulty, Refused
from tests.city import City
from tests.conftest import StillClock
from tests.flows.account.people import ANOTHER_PASSWORD, EMAIL, PASSWORD, PHONE, Anna, Post

KEPT = DataForm("Иванова", "Анна", "Петровна", "1980-05-17", "female", "ru")


def refusal(do, *arguments: object) -> str:
    with pytest.raises(Refused) as refused:
        do(*arguments)
    return refused.value.code


def faults(do, *arguments: object) -> list[tuple[str, str]]:
    with pytest.raises(Faulty) as faulty:
        do(*arguments)
    return [(fault.field, fault.code) for fault in faulty.value.faults]


def change(anna: Anna, **fields: object) -> None:
    anna.flows.people.change_data(anna.account, replace(KEPT, **fields))


def level(anna: Anna) -> Level | None:
    stands = standing(anna.flows.evidence.of(anna.account_id), anna.flows.now())
    return stands.level if stands else None


def test_at_the_simplified_level_declared_data_change_freely(anna: Anna, clock: StillClock):
    clock.move(hours=1)
    change(anna, family_name="Белова-Сухова", middle_name="", birthdate="", gender="", locale="en")

    account = anna.account
    assert (account.name, account.birthdate, account.gender) == (Name("Белова-Сухова", "Анна"), None, None)
    assert (account.locale, account.updated_at) == ("en", clock.at)
    [line] = [line for line in anna.flows.journal.of("anna") if line.event.kind == "account.changed"]
    assert line.event.details == {"fields": ["name", "birthdate", "gender", "locale"]}


def test_nothing_changed_is_no_change(anna: Anna):
    before = anna.account
    change(anna)
    assert anna.account == before and "account.changed" not in anna.events()


def test_all_faults_of_the_data_come_at_once(anna: Anna):
    wrong = replace(KEPT, family_name="", given_name="An\u043da", middle_name="7", birthdate="31.02.2001")
    assert faults(anna.flows.people.change_data, anna.account, wrong) == [
        ("family_name", "family_name.missing"),
        ("given_name", "name.mixed_alphabets"),
        ("middle_name", "name.signs"),
        ("birthdate", "birthdate.malformed"),
    ]


@pytest.mark.parametrize(
    ("born", "good"), [("2026-11-25", False), ("2026-11-24", True), ("1895-12-31", False), ("1896-01-01", True)]
)
def test_a_birth_date_is_of_somebody_alive(anna: Anna, born, good):
    if good:
        change(anna, birthdate=born)
        assert anna.account.birthdate == date.fromisoformat(born)
    else:
        assert faults(anna.flows.people.change_data, anna.account, replace(KEPT, birthdate=born)) == [
            ("birthdate", "birthdate.impossible")
        ]


@pytest.mark.parametrize("field", [{"given_name": "Инна"}, {"birthdate": "1980-05-18"}, {"gender": "male"}])
def test_at_the_standard_level_the_person_agrees_to_lose_it_first(anna: Anna, city: City, post: Post, field, clock):
    city.prove("pension_fund")
    assert refusal(anna.flows.people.change_data, anna.account, replace(KEPT, **field)) == "data.lowers"
    assert level(anna) is Level.STANDARD and anna.account.name.given == "Анна"

    change(anna, **field, lower=True)

    assert level(anna) is Level.SIMPLIFIED
    assert "level.lowered" in anna.events() and "level_lowered" in anna.notices()
    assert [message.to for message in post.all()] == [EMAIL]


def test_at_the_full_level_only_a_centre_changes_what_was_verified(anna: Anna, city: City):
    city.prove("pension_fund")
    city.prove("visit")

    wish = replace(KEPT, given_name="Инна", lower=True)
    assert refusal(anna.flows.people.change_data, anna.account, wish) == "data.at_centre"

    change(anna, locale="en")
    assert (level(anna), anna.account.locale) == (Level.FULL, "en")


def test_the_language_costs_no_level(anna: Anna, city: City):
    city.prove("pension_fund")
    change(anna, locale="en")
    assert level(anna) is Level.STANDARD


def test_an_unknown_gender_or_language_is_no_choice(anna: Anna):
    change(anna, gender="robot", locale="tlh")
    assert (anna.account.gender, anna.account.locale) == (None, "ru")
    change(anna, gender="male")
    assert anna.account.gender is Gender.MALE


def test_a_new_password_ends_all_other_sessions_and_is_told_everywhere(anna: Anna, city: City, post: Post):
    city.client("parking")
    mine, other = anna.signs_in(), anna.signs_in()
    kept = city.grant(session_id=mine.id)
    lost = [city.grant(session_id=other.id), city.grant(session_id="long ago", offline=True)]

    city.flows.people.change_password(anna.account, mine.id, PASSWORD, ANOTHER_PASSWORD, ANOTHER_PASSWORD)

    sessions, grants = city.flows.people.sessions, city.flows.grants
    assert sessions.get(mine.id).ended_at is None and sessions.get(other.id).ended_at is not None
    assert grants.get(kept.id).ended_at is None and all(grants.get(grant.id).ended_at for grant in lost)
    assert {message.to for message in post.all()} == {EMAIL, PHONE} and anna.notices() == ["password_changed"]
    assert anna.can_sign_in(password=ANOTHER_PASSWORD) and not anna.can_sign_in()


@pytest.mark.parametrize(
    ("present", "password", "again", "expected"),
    [
        ("wrong", "short", "", [("present", "password.present_wrong"), ("password", "password.too_short")]),
        ("", "Sirenevy-sad-26", "x", [("present", "password.present_missing"), ("password2", "password.not_repeated")]),
        (PASSWORD, PASSWORD, PASSWORD, [("password", "password.same")]),
        (PASSWORD, "a1" * 100, "", [("password", "password.too_long")]),
    ],
)
def test_faults_of_a_new_password_come_at_once(anna: Anna, present, password, again, expected):
    assert faults(anna.flows.people.change_password, anna.account, "", present, password, again) == expected
    assert anna.can_sign_in()


def test_an_open_page_is_no_way_around_the_limit_of_sign_in(anna: Anna, city: City):
    require = city.flows.people.require_password
    assert [refusal(require, anna.account, "x") for _ in range(11)] == ["password.present_wrong"] * 10 + ["too_many"]
    assert not anna.can_sign_in()


def test_the_control_question_is_set_and_taken_away_by_the_password(anna: Anna, city: City, post: Post):
    set_question = city.flows.people.set_question
    assert faults(set_question, anna.account, "wrong", "Кличка?", "") == [
        ("question_present", "password.present_wrong"),
        ("answer", "answer.missing"),
    ]
    set_question(anna.account, PASSWORD, " Кличка собаки? ", "Тузик")

    account = anna.account
    assert account.question == "Кличка собаки?" and "Тузик" not in account.answer_hash
    assert {message.to for message in post.all()} == {EMAIL, PHONE}

    set_question(account, PASSWORD, "", "")
    assert (anna.account.question, anna.account.answer_hash) == ("", "")
    assert anna.notices() == ["question_changed"] * 2


def test_a_question_is_one_line_of_people(anna: Anna, city: City):
    two_lines = "Кличка\nсобаки?\x00"
    assert faults(city.flows.people.set_question, anna.account, PASSWORD, two_lines, "Тузик") == [
        ("question", "question.signs")
    ]


def test_every_word_on_consent_stays_dated(anna: Anna, city: City, clock: StillClock):
    set_consents = city.flows.people.set_consents
    news = frozenset({ConsentKind.CITY_NEWS})
    assert set_consents("anna", news) == [ConsentKind.CITY_NEWS]
    clock.move(days=1)
    assert set_consents("anna", news) == []
    set_consents("anna", frozenset({ConsentKind.SERVICE_USE}))

    history = city.flows.people.consents.history("anna")
    assert (history[0].kind, history[0].given, (history[0].at - clock.at).days) == (ConsentKind.CITY_NEWS, True, -1)
    assert {(word.kind.value, word.given) for word in history[1:]} == {("city_news", False), ("service_use", True)}
    assert all(word.text_version for word in history) and anna.account.updated_at == clock.at


def test_an_own_login_is_unique_in_any_case_and_told(anna: Anna, city: City, post: Post):
    boris = Anna.settled(city, "boris", "+79997654321")
    choose = city.flows.people.choose_login
    choose("anna", " Anna.Belova ")

    assert refusal(choose, "boris", "anna.BELOVA") == "login.taken"
    assert boris.account.login == "boris@example.ru" and boris.notices() == []
    assert anna.can_sign_in("ANNA.belova") and anna.can_sign_in(EMAIL)
    assert anna.notices() == ["login_changed"] and {message.to for message in post.all()} == {EMAIL, PHONE}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "login.missing"),
        ("ab", "login.length"),
        ("a" * 41, "login.length"),
        ("анна", "login.signs"),
        ("112-233-445 95", "login.signs"),
        ("79001234567", "login.signs"),
        ("anna@example.ru", "login.signs"),
    ],
)
def test_a_login_looks_like_nothing_else(anna: Anna, city: City, text, code):
    assert refusal(city.flows.people.choose_login, "anna", text) == code


def test_logins_arent_tried_one_after_another(anna: Anna, city: City):
    with pytest.raises(TooMany):
        for number in range(100):
            city.flows.people.choose_login("anna", f"anna{number}")
    assert anna.account.login == "anna19"
