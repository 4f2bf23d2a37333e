"""Expired and replayed links, two tabs, the back button and a double press: each ends well."""

import pytest

from tests.journeys.outbox import link_in
from tests.journeys.ways import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE


def register(screen, newcomer):
    screen.open("/sign-up")
    screen.fill(newcomer.form())
    screen.press(screen.t("sign_up.submit"))
    assert screen.at("/sign-up/email")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_a_link_that_a_newer_letter_made_void_offers_a_new_one(screen, town, newcomer):
    register(screen, newcomer)
    old = link_in(town.outbox.next(newcomer.email)["text"])
    screen.open("/sign-up/email")
    screen.page.locator("summary").click()
    screen.press(screen.t("code.again"))
    town.outbox.next(newcomer.email)
    screen.open(old)
    screen.reads(screen.t("link.expired.title"), "h1")
    screen.check("link-expired")
    screen.press(screen.t("link.expired.again"))
    screen.open(link_in(town.outbox.next(newcomer.email)["text"]))
    screen.press(screen.t("sign_up.link.submit"))
    assert screen.at("/sign-up/phone")


@pytest.mark.parametrize("way", [PHONE, PLAIN_DESK], ids=str)
def test_a_link_that_time_has_ended_says_so_and_leads_to_a_new_registration(screen, town, newcomer):
    register(screen, newcomer)
    letter = town.outbox.next(newcomer.email)["text"]
    town.pass_time(newcomer.email)
    screen.open(link_in(letter))
    screen.reads(screen.t("link.expired.title"), "h1")
    screen.check("link-ended")
    # The page that waits for the code knows it too.
    screen.open("/sign-up/email")
    screen.reads(screen.t("sign_up.expired.title"), "h1")
    screen.check("sign-up-expired")
    screen.press(screen.t("sign_in.new.button"))
    screen.fill(newcomer.form())
    screen.press(screen.t("sign_up.submit"))
    screen.open(link_in(town.outbox.next(newcomer.email)["text"]))
    screen.press(screen.t("sign_up.link.submit"))
    assert screen.at("/sign-up/phone")


@pytest.mark.parametrize("way", [PHONE, PLAIN_DESK], ids=str)
def test_a_replayed_link_says_so_and_leads_on(screen, screens, town, newcomer):
    register(screen, newcomer)
    link = link_in(town.outbox.next(newcomer.email)["text"])
    screen.open(link)
    screen.press(screen.t("sign_up.link.submit"))
    screen.open(link)
    screen.reads(screen.t("link.used.title"), "h1")
    screen.check("link-replayed")
    screen.press(screen.t("link.used.onward"))
    assert screen.at("/me")
    # For everybody else it is spent: it signs nobody in.
    stranger = screens(screen.way)
    stranger.open(link)
    stranger.reads(stranger.t("link.used.title"), "h1")
    stranger.check("link-replayed-elsewhere")
    stranger.press(stranger.t("sign_in.submit"))
    assert stranger.at("/sign-in")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_a_link_opened_on_another_device_confirms_and_the_first_one_signs_in(screens, town, newcomer, way):
    desk, phone = screens(way), screens(way)
    register(desk, newcomer)
    phone.open(link_in(town.outbox.next(newcomer.email)["text"]))
    phone.press(phone.t("sign_up.link.submit"))
    phone.reads(phone.t("sign_up.elsewhere.title"), "h1")
    phone.check("sign-up-elsewhere")
    # The code of the same letter is used up with the link; no session may start from it.
    desk.page.reload()
    desk.reads(desk.t("sign_up.confirmed.title"), "h1")
    desk.check("sign-up-confirmed")
    desk.press(desk.t("sign_in.submit"))
    desk.fill({"login": newcomer.email, "password": newcomer.password})
    desk.press(desk.t("sign_in.submit"))
    assert desk.at("/me")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_two_tabs_of_two_portals_are_both_signed_in(screen, town):
    for portal in ("services", "parking"):
        screen.open(town.portal(portal))
        screen.press(screen.said("portal.sign_in"))
        if portal == "services":
            first = screen.page
            screen.new_tab()
    second, screen.page = screen.page, first
    screen.sign_in("anna.belova")
    assert screen.at(town.portal("services"))
    # The other tab's form still stands there: sent, or its page opened anew, it leads on.
    screen.page = second
    screen.page.reload()
    assert screen.at(town.portal("parking"))
    screen.reads("acr: simplified")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_a_second_tabs_form_can_still_be_sent(screen, town):
    screen.open(town.portal("services"))
    screen.press(screen.said("portal.sign_in"))
    first = screen.page
    screen.new_tab()
    screen.open(town.portal("parking"))
    screen.press(screen.said("portal.sign_in"))
    second, screen.page = screen.page, first
    screen.sign_in("anna.belova")
    screen.page = second
    screen.sign_in("anna.belova")
    assert screen.at(town.portal("parking"))
    screen.page = first
    screen.page.reload()
    screen.reads("acr: simplified")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_the_back_button_after_signing_in_leads_on(screen, town):
    screen.open(town.portal("parking"))
    screen.press(screen.said("portal.sign_in"))
    screen.sign_in("anna.belova")
    assert screen.at(town.portal("parking"))
    screen.page.go_back()
    screen.check("back-button")
    assert screen.page.url.startswith(town.issuer)
    screen.press(screen.t("error.open_portal", portal=screen.said("parking.name")))
    assert screen.at(town.portal("parking"))
    screen.reads("acr: simplified")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_a_double_press_does_once_what_the_button_says(screen, town, newcomer):
    screen.open("/sign-up")
    screen.fill(newcomer.form())
    screen.press_twice(screen.t("sign_up.submit"))
    assert screen.at("/sign-up/email")
    code = town.outbox.code(newcomer.email)
    screen.fill({"code": code})
    screen.press_twice(screen.t("sign_up.email.submit"))
    assert screen.at("/sign-up/phone")
    screen.fill({"code": town.outbox.code(newcomer.number)})
    screen.press_twice(screen.t("sign_up.phone.submit"))
    assert screen.at("/sign-up/done")
    subjects = [letter["subject"] for letter in town.outbox.all(newcomer.email)]
    assert subjects.count(screen.t("mail.confirm_email.subject")) == 1
    assert len(town.outbox.all(newcomer.number)) == 1
