"""Letters and texts that can't be sent: said where the person waits, tried again, and told at the next sign-in."""

import pytest
from playwright.sync_api import expect

from tests.journeys.outbox import code_in
from tests.journeys.ways import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE


def begin(screen, newcomer):
    screen.open("/sign-up")
    screen.fill(newcomer.form())
    screen.press(screen.t("sign_up.submit"))
    assert screen.at("/sign-up/email")


def told(screen, title):
    """Return once the page says so: with JavaScript it looks again by itself, else the person opens it anew."""
    if screen.way.script:
        expect(screen.page.locator("[data-passage]")).to_contain_text(screen.t(title), timeout=30_000)
        return
    look_again(screen, title)


def look_again(screen, code):
    """Open the page anew until it says so; the limit only catches a hang."""
    for _ in range(120):
        if " ".join(screen.t(code).split()) in " ".join(screen.page.locator("main").inner_text().split()):
            return
        screen.page.wait_for_timeout(250)
        screen.open(screen.page.url)
    pytest.fail(f"the page never said {code}")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_a_mistyped_address_is_told_where_the_letter_is_waited_for_and_corrected_there(screen, town, newcomer):
    town.outbox.refuse(newcomer.email, "nobody")
    begin(screen, newcomer)
    told(screen, "passage.email.lost.title")
    screen.check("sign-up-letter-lost")
    # The fold with the field for another address stands open by now.
    right = f"right.{newcomer.email}"
    screen.fill({"email": right})
    screen.press(screen.t("code.again"))
    screen.reads(right)
    screen.fill({"code": town.outbox.code(right)})
    screen.press(screen.t("sign_up.email.submit"))
    assert screen.at("/sign-up/phone")


@pytest.mark.parametrize("way", [PHONE, PLAIN_DESK], ids=str)
def test_a_letter_that_cannot_leave_now_is_tried_again_until_it_arrives(screen, town, newcomer):
    town.outbox.refuse(newcomer.email, "busy")
    begin(screen, newcomer)
    told(screen, "passage.email.delayed.title")
    screen.check("sign-up-letter-late")
    town.outbox.refuse(newcomer.email, "")
    screen.fill({"code": town.outbox.code(newcomer.email)})
    screen.press(screen.t("sign_up.email.submit"))
    assert screen.at("/sign-up/phone")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_a_contact_that_stopped_taking_messages_is_told_at_the_next_sign_in(screen, screens, town, newcomer, way):
    begin(screen, newcomer)
    town.outbox.refuse(newcomer.number, "nobody")
    screen.fill({"code": code_in(town.outbox.next(newcomer.email)["text"])})
    screen.press(screen.t("sign_up.email.submit"))
    told(screen, "passage.phone.lost.title")
    screen.check("sign-up-text-lost")
    screen.press(screen.t("sign_up.phone.skip"))

    # The mailbox is given up; the next letter to it comes back.
    town.outbox.refuse(newcomer.email, "nobody")
    screen.open("/me/security/question")
    screen.fill({"question": "Где дача?", "answer": "Лесной", "question_present": newcomer.password})
    screen.press(screen.t("me.question.save"))
    screen.open("/me/contacts")
    look_again(screen, "me.contacts.unreachable")
    screen.check("me-contacts-unreachable")

    elsewhere = screens(way)
    elsewhere.open(town.portal("parking"))
    elsewhere.press(elsewhere.said("portal.sign_in"))
    elsewhere.fill({"login": newcomer.email, "password": newcomer.password})
    elsewhere.press(elsewhere.t("sign_in.submit"))
    elsewhere.reads(elsewhere.t("contact_check.lost.title"), "h1")
    elsewhere.reads(newcomer.email)
    elsewhere.check("contact-check-lost")
    elsewhere.press(elsewhere.t("contact_check.later"))
    assert elsewhere.at(town.portal("parking"))
