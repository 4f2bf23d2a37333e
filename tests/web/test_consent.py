"""Letting a portal have data: asked once, again for more, by the person alone (D-01)."""

import json

import pytest
from werkzeug.test import TestResponse

from tests.city import City
from tests.visitor import Visitor, answer, is_page, text, transaction

APP = "our-city"


def agree(visitor: Visitor, **asked: str) -> dict[str, str]:
    return answer(visitor.follow(visitor.press(visitor.follow(visitor.authorize(APP, **asked)), answer="yes")))


def test_the_page_shows_the_persons_own_values_and_why_they_are_wanted(anna: Visitor, town: City):
    why = {"email": {"en": "to answer your messages", "ru": "чтобы отвечать"}}
    town.client("reader", client_name="Reader", scope_purposes=why)

    page = anna.follow(anna.authorize("reader", scope="openid profile email phone"))

    assert all(
        part in text(page) for part in ("Reader asks for your data", "Иванова Анна Петровна", "Simplified access")
    )
    assert "anna@example.ru to answer your messages" in text(page)
    assert "form-action 'self' https://parking.test;" in page.headers["Content-Security-Policy"]


def shows_the_difference(page: TestResponse) -> bool:
    """What was agreed before stands in the fold, what is new in the list before it."""
    new, _, had = page.text.partition("<summary>")
    number, address = "+7 ••• •••-••-67", "anna@example.ru"
    return number in new and address not in new and "asks for more" in new and number not in had


def test_it_is_asked_once_and_again_only_for_more(anna: Visitor, town: City):
    assert "code" in agree(anna, scope="openid email")
    assert "code" in answer(anna.authorize(APP, scope="openid email"))
    assert "code" in answer(anna.authorize(APP, scope="openid", prompt="none"))

    more = anna.authorize(APP, scope="openid phone")
    assert is_page(more, "/consent") and shows_the_difference(anna.follow(more))
    wish = json.dumps({"userinfo": {"gender": None}})
    assert is_page(anna.authorize(APP, scope="openid email", claims=wish), "/consent")
    silent = answer(anna.authorize(APP, scope="openid phone", prompt="none"))
    assert silent["error"] == "consent_required"

    assert "code" in agree(anna, scope="openid phone")
    assert "code" in answer(anna.authorize(APP, scope="openid email phone"))


def test_prompt_consent_asks_whatever_was_agreed(anna: Visitor):
    agree(anna)

    assert is_page(anna.authorize(APP, prompt="consent"), "/consent")
    assert "code" in agree(anna, prompt="consent")
    assert is_page(anna.authorize("parking", prompt="consent"), "/consent")


def test_no_is_access_denied_and_nothing_is_kept(anna: Visitor):
    page = anna.follow(anna.authorize(APP))

    assert answer(anna.follow(anna.press(page, answer="no")))["error"] == "access_denied"
    assert is_page(anna.authorize(APP), "/consent")


def test_a_withdrawn_permission_is_asked_for_anew(anna: Visitor, town: City, clock):
    agree(anna)
    town.flows.people.sharings.withdraw("anna", APP, clock())

    assert is_page(anna.authorize(APP), "/consent")


def test_the_citys_own_portals_ask_nothing(anna: Visitor):
    assert "code" in answer(anna.authorize("parking", scope="openid profile email phone"))


def test_nobody_can_agree_for_another(anna: Visitor, town: City):
    """An address with a transaction can be handed on after its giver agreed: whoever opens it is asked anew."""
    town.person("mallory")
    town.session("mallory-here", "mallory")
    mallory = anna.another().wears("mallory-here")
    waiting = mallory.authorize(APP, prompt="consent")
    mallory.press(mallory.follow(waiting), answer="yes")

    assert is_page(anna.get(f"/authorize/resume?tx={transaction(waiting)}"), "/consent")


def test_another_sites_form_cant_agree(anna: Visitor):
    waiting = anna.authorize(APP)

    refused = anna.post("/consent", {"tx": transaction(waiting), "answer": "yes"})

    assert refused.status_code == 400
    assert is_page(anna.authorize(APP), "/consent")


@pytest.mark.parametrize("press", ["yes", "no"])
def test_a_second_press_says_that_the_person_is_back(anna: Visitor, press):
    page = anna.follow(anna.authorize(APP))
    answer(anna.follow(anna.press(page, answer=press)))

    again = anna.press(page, answer=press)

    assert again.status_code == 400 and "You are back in the service already" in text(again)
