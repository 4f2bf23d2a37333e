"""The registration form sent twice, and pages of an earlier step opened again by somebody who is signed in."""

from sqlalchemy import func, select

from idp.store.tables.accounts import RegistrationRow
from idp.store.tables.records import OutboxRow
from tests.city import PERSON, City
from tests.visitor import Visitor, answer, forms, is_page, text, transaction

TYPED = {
    "family_name": "Новиков",
    "given_name": "Пётр",
    "email": "petr@example.ru",
    "phone": "9160000001",
    "password": "Siren-7-v-sadu",
    "password2": "Siren-7-v-sadu",
    "agreement": "yes",
}


def count(town: City, table: type) -> int:
    row = town.flows.database.row(select(func.count()).select_from(table))
    assert row is not None
    return int(row[0])


def test_two_presses_of_one_button_are_one_registration_and_one_letter(visitor: Visitor, town: City):
    form = forms(visitor.get("/sign-up"))[-1]
    sent = [visitor.post("/sign-up", {**form["fields"], **TYPED}) for _ in range(2)]

    assert all(is_page(response, "/sign-up/email") for response in sent)
    assert len({response.headers["Set-Cookie"] for response in sent}) == 1
    assert (count(town, RegistrationRow), count(town, OutboxRow)) == (1, 1)
    assert "petr@example.ru" in visitor.get("/sign-up/email").text


def test_a_corrected_form_is_a_registration_of_its_own(visitor: Visitor, town: City):
    form = forms(visitor.get("/sign-up"))[-1]
    for email in ("petr@example.ru", "peter@example.ru"):
        visitor.post("/sign-up", {**form["fields"], **TYPED, "email": email})

    assert count(town, RegistrationRow) == 2
    assert "peter@example.ru" in visitor.get("/sign-up/email").text


def test_another_showing_of_the_form_is_a_registration_of_its_own(visitor: Visitor, town: City):
    for browser in (visitor, visitor.another()):
        form = forms(browser.get("/sign-up"))[-1]
        browser.post("/sign-up", {**form["fields"], **TYPED})

    assert count(town, RegistrationRow) == 2


def test_a_page_before_sign_in_leads_on_whoever_is_signed_in_already(anna: Visitor):
    stranger = anna.another()
    waiting = transaction(stranger.authorize("parking"))
    for page in ("/sign-in", "/sign-up"):
        assert stranger.get(f"{page}?tx={waiting}").status_code == 200
        onward = anna.get(f"{page}?tx={waiting}")
        assert is_page(onward, "/authorize/resume") and transaction(onward) == waiting
        assert is_page(anna.get(page), "/me")
    assert "code" in answer(anna.get(f"/authorize/resume?tx={waiting}"))
    assert "You are back in the service already" in text(anna.get(f"/sign-in?tx={waiting}"))


def test_a_portal_that_wants_a_new_sign_in_still_gets_the_page(anna: Visitor):
    asked = anna.authorize("parking", prompt="login")
    assert anna.get(f"/sign-in?tx={transaction(asked)}").status_code == 200


def test_nobody_learns_by_registering_a_strangers_address_whether_it_is_taken(visitor: Visitor):
    """Register an address that is free and one that is Anna's, then sign in with both: the answers are the same."""
    for email in ("petr@example.ru", f"{PERSON}@example.ru"):
        mine = visitor.another()
        mine.post("/sign-up", {**forms(mine.get("/sign-up"))[-1]["fields"], **TYPED, "email": email})
        typed = {"login": email, "password": TYPED["password"]}
        elsewhere = visitor.another()

        refused = elsewhere.post("/sign-in", {**forms(elsewhere.get("/sign-in"))[-1]["fields"], **typed})
        led_on = mine.post("/sign-in", {**forms(mine.get("/sign-in"))[-1]["fields"], **typed})

        assert refused.status_code == 400, email
        assert is_page(led_on, "/sign-up/email"), email
