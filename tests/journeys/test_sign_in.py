"""The sign-in page: light, alone, in two languages, and good with a keyboard only."""

import pytest
from playwright.sync_api import expect

from tests.journeys.ways import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE


@pytest.mark.parametrize("way", [DESK, PHONE, PLAIN_DESK, PLAIN_PHONE], ids=str)
def test_a_resident_signs_in_at_a_portal_and_is_shown_what_it_was_told(screen, town):
    screen.open(town.portal("services"))
    screen.check("portal-front")
    screen.press(screen.said("portal.sign_in"))
    assert screen.at("/sign-in")
    screen.check("sign-in")
    screen.fill({"login": "anna.belova", "password": town.person("anna.belova")["password"]})
    screen.press(screen.t("sign_in.submit"))
    assert screen.at(town.portal("services"))
    screen.reads("acr: simplified")
    screen.check("portal-signed-in")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_the_page_is_light_and_asks_no_foreign_host(screen, town):
    screen.open(town.portal("services"))
    link = screen.control(screen.said("portal.sign_in")).get_attribute("href")
    screen.new_tab()
    answers = []
    screen.page.on("requestfinished", lambda request: answers.append(request.response()))
    screen.open(town.portal("services").rstrip("/") + link)
    screen.page.wait_for_load_state("networkidle")
    # The way there is redirects without a body; what is left is the page and all that it loads.
    loaded = {answer.url: len(answer.body()) for answer in answers if answer.status == 200}
    assert screen.at("/sign-in") and any(url.startswith(screen.page.url) for url in loaded)
    assert len(loaded) <= 4, loaded
    assert sum(loaded.values()) <= 30 * 1024, loaded
    assert all(url.startswith(town.issuer + "/") for url in loaded)
    screen.watch.require_peace()


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_a_wrong_password_is_told_and_the_login_kept(screen, town):
    screen.open("/sign-in")
    screen.fill({"login": "anna.belova", "password": "Ne-tot-parol-1"})
    screen.press(screen.t("sign_in.submit"))
    screen.reads(screen.t("sign_in.errors"), ".errors")
    expect(screen.page.locator("#login")).to_have_value("anna.belova")
    expect(screen.page.locator("#password")).to_have_value("")
    screen.check("sign-in-wrong")
    # What is missing is said in our words, all of it at once.
    screen.fill({"login": ""})
    screen.press(screen.t("sign_in.submit"))
    for field in ("login", "password"):
        expect(screen.page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
    screen.check("sign-in-empty")
    screen.fill({"login": "anna.belova", "password": town.person("anna.belova")["password"]})
    screen.press(screen.t("sign_in.submit"))
    assert screen.at("/me")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_the_language_is_switched_on_the_first_page_and_the_request_goes_on(screen, town):
    screen.open(town.portal("parking"))
    screen.press(screen.said("portal.sign_in"))
    expect(screen.page.locator("html")).to_have_attribute("lang", "ru")
    switch = screen.page.get_by_role("link", name="English")
    expect(switch).to_have_attribute("lang", "en")
    screen.press("English", "header")
    expect(screen.page.locator("html")).to_have_attribute("lang", "en")
    screen.reads("Parking", "header")
    screen.fill({"login": "anna.belova", "password": town.person("anna.belova")["password"]})
    screen.press("Sign in")
    assert screen.at(town.portal("parking"))
    screen.reads("acr: simplified")


def test_signing_in_needs_nothing_but_a_keyboard(screen, town):
    """From the portal's first page: the skip link, then every control in the order in which it is read."""
    keyboard = screen.page.keyboard
    screen.open(town.portal("parking"))
    keyboard.press("Tab")
    expect(screen.page.locator("a.skip")).to_be_focused()
    expect(screen.page.locator("a.skip")).to_be_in_viewport()
    keyboard.press("Enter")
    keyboard.press("Tab")
    with screen.page.expect_navigation():
        keyboard.press("Enter")
    assert screen.at("/sign-in")
    keyboard.press("Tab")
    expect(screen.page.locator("a.skip")).to_be_focused()
    keyboard.press("Enter")
    expect(screen.page.locator("#main")).to_be_focused()
    for place in ("#login", "#password", "[aria-controls=password]", "[name=shared]", "form .btn[type=submit]"):
        keyboard.press("Tab")
        focused = screen.page.locator(f"main {place}")
        expect(focused).to_be_focused()
        assert focused.evaluate("element => getComputedStyle(element).outlineStyle") == "solid", place
        if place == "#login":
            keyboard.type("anna.belova")
        elif place == "#password":
            keyboard.type(town.person("anna.belova")["password"])
        elif place.startswith("[aria"):
            keyboard.press("Space")
            expect(screen.page.locator("#password")).to_have_attribute("type", "text")
            expect(screen.page.locator("#password")).to_be_focused()
            keyboard.press("Tab")
    with screen.page.expect_navigation():
        keyboard.press("Enter")
    assert screen.at(town.portal("parking"))
    screen.reads("acr: simplified")
