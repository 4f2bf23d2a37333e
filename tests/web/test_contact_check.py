"""At sign-in people are asked about contacts that are old or can't be reached, and always get on (D-07)."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from idp.store.contact_marks import ContactMarks
from idp.store.tables.accounts import ContactRow
from tests.city import CALLBACK, City
from tests.visitor import PASSWORD, Visitor, answer, is_page, text


@pytest.fixture(autouse=True)
def _quiet(portals) -> None:
    """Nobody's network is asked."""


def age(town: City, days: int) -> None:
    long_ago = town.flows.now() - timedelta(days=days)
    town.flows.database.run(update(ContactRow).values(confirmed_at=long_ago))


def signs_in(visitor: Visitor, client_id: str = "parking"):
    return visitor.sign_in(visitor.authorize(client_id))


def test_contacts_of_this_year_are_nobodys_question(visitor: Visitor, town: City):
    age(town, 364)
    assert answer(signs_in(visitor))["code"]


def test_once_a_year_the_person_is_asked_and_goes_on_to_the_portal(visitor: Visitor, town: City):
    age(town, 365)
    page = signs_in(visitor)
    assert page.status_code == 200 and "Are these still your contacts?" in text(page)
    assert "anna@example.ru" in text(page) and "+7 900 123-45-67" in text(page)

    affirmed = visitor.press(page)

    assert answer(visitor.follow(affirmed))["code"]
    events = [line.event.kind for line in town.flows.journal.of("anna")]
    assert "contacts.affirmed" in events
    # Not asked again for a year, neither here nor elsewhere.
    assert is_page(visitor.get("/sign-in/contacts"), "/me")
    assert answer(signs_in(visitor.another()))["code"]


def test_whoever_puts_it_off_gets_on_and_is_asked_next_time(visitor: Visitor, town: City):
    age(town, 400)
    page = signs_in(visitor)
    onward = page.text.partition('<a class="do" href="/authorize/resume')[2].partition('"')[0]

    assert answer(visitor.get(f"/authorize/resume{onward}"))["code"]
    assert "Are these still your contacts?" in text(signs_in(visitor.another()))


def test_what_waits_for_a_level_is_not_forgotten_over_the_question(visitor: Visitor, town: City):
    age(town, 400)
    waits = "0123456789abcdef" * 2
    signed_in = visitor.press(visitor.get(f"/sign-in?waiting={waits}"), login="anna@example.ru", password=PASSWORD)

    page = visitor.follow(signed_in)

    assert "Are these still your contacts?" in text(page) and f'href="/waiting/{waits}"' in page.text
    assert is_page(visitor.press(page), f"/waiting/{waits}")


def test_the_question_can_be_switched_off(visitor: Visitor, town: City):
    age(town, 4000)
    object.__setattr__(town.flows.people.check_contacts, "every_days", 0)
    assert answer(signs_in(visitor))["code"]


def test_an_address_that_takes_no_messages_is_told_at_sign_in_and_on_the_contacts_page(visitor: Visitor, town: City):
    ContactMarks(town.flows.database).undeliverable("anna", "anna@example.ru", town.flows.now())

    page = signs_in(visitor)

    assert "Our messages don't reach you" in text(page) and 'href="/me/contacts/email"' in page.text
    assert "anna@example.ru" in text(page) and "+7 900 123-45-67" not in text(page)
    assert "Messages don't arrive here" in text(visitor.get("/me/contacts"))
    assert "Confirm both" in text(visitor.get("/me/security"))


def test_the_page_is_for_whoever_is_signed_in_and_its_answer_proves_where_it_comes_from(visitor: Visitor, town: City):
    age(town, 400)
    assert is_page(visitor.get("/sign-in/contacts"), "/sign-in")
    assert visitor.wears().post("/sign-in/contacts").status_code == 400
    assert CALLBACK not in visitor.get("/sign-in/contacts").text
