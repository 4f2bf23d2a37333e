"""A newcomer registers on the way into a portal, is known in the next one, and leaves all of them at once."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.outbox import link_in
from tests.journeys.ways import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE

CONSENTS = ("mobile_platform", "service_progress", "service_use", "city_news", "subordinate_news")


def begin(screen, town):
    """From the services portal to the registration form."""
    screen.open(town.portal("services"))
    screen.press(screen.said("portal.sign_in"))
    screen.press(screen.t("sign_in.new.button"))
    assert screen.at("/sign-up")


def other(code):
    """Return a code that isn't this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_a_newcomer_registers_by_codes_is_known_everywhere_and_leaves_everything(screen, town, newcomer):
    begin(screen, town)
    screen.fill({**newcomer.form(), "service_progress": True})
    screen.press(screen.t("sign_up.submit"))

    # The e-mail: a wrong code, a new code that voids the first, then the right one (SIM-15, SIM-17, SIM-19).
    screen.reads(newcomer.email)
    screen.check("sign-up-email")
    first = town.outbox.code(newcomer.email)
    screen.fill({"code": other(first)})
    screen.press(screen.t("sign_up.email.submit"))
    expect(screen.page.locator("#code")).to_have_attribute("aria-invalid", "true")
    screen.check("sign-up-email-wrong")
    screen.press(screen.t("code.again"))
    screen.reads(screen.t("code.old_is_void"))
    second = town.outbox.code(newcomer.email)
    screen.fill({"code": first})
    screen.press(screen.t("sign_up.email.submit"))
    expect(screen.page.locator("#code")).to_have_attribute("aria-invalid", "true")
    screen.fill({"code": f"{second[:3]} {second[3:]}"})
    screen.press(screen.t("sign_up.email.submit"))

    # The access is granted at once and told on the same page; the phone doesn't hold it back (SIM-20, SIM-21).
    assert screen.at("/sign-up/phone")
    screen.reads(screen.t("sign_up.granted.title"))
    screen.reads(f"{newcomer.phone[-4:-2]}-{newcomer.phone[-2:]}")
    screen.check("sign-up-phone")
    first = town.outbox.code(newcomer.number)
    screen.fill({"code": other(first)})
    screen.press(screen.t("sign_up.phone.submit"))
    screen.check("sign-up-phone-wrong")
    screen.press(screen.t("code.again"))
    screen.fill({"code": town.outbox.code(newcomer.number)})
    screen.press(screen.t("sign_up.phone.submit"))

    # What was entered, the level, the way back (SIM-22), and an own login for those who want one.
    assert screen.at("/sign-up/done")
    for words in (newcomer.name, newcomer.email, screen.t("level.simplified.access")):
        screen.reads(words)
    screen.check("sign-up-done")
    screen.page.locator("summary").click()
    screen.fill({"login": "anna.belova"})
    screen.press(screen.t("login.save"))
    expect(screen.page.locator("#login")).to_have_value("anna.belova")
    screen.check("sign-up-login-taken")
    own = newcomer.email.partition("@")[0] + ".petr"
    screen.fill({"login": own})
    screen.press(screen.t("login.save"))
    screen.reads(own, "dl")
    screen.press(screen.t("sign_up.done.onward", portal=screen.said("services.name")))

    # The portal shows what the token told it.
    assert screen.at(town.portal("services"))
    for words in (newcomer.name, "acr: simplified", "amr: pwd", newcomer.email, "email_verified: true"):
        screen.reads(words)
    screen.reads("phone_number_verified: true")
    expect(screen.page.locator("main")).to_contain_text(re.compile(r"auth_time: \d{10}"))
    screen.check("portal-newcomer")

    # Parking knows the person without a question, and says good-bye for every portal.
    screen.open(town.portal("parking"))
    assert screen.at(town.portal("parking"))
    screen.reads(newcomer.given_name, "h1")
    screen.press(screen.said("portal.sign_out"), "header")
    screen.reads(screen.t("signed_out.heading"), "h1")
    told = screen.page.locator("ul.task li")
    expect(told).to_have_count(2)
    for portal in ("services", "parking"):
        expect(told.filter(has_text=screen.said(f"{portal}.name"))).to_contain_text(screen.t("signed_out.signed_out"))
    screen.check("signed-out")
    for portal in ("services", "parking"):
        screen.open(town.portal(portal))
        expect(screen.control(screen.said("portal.sign_in"))).to_be_visible()

    # The own login is one to sign in with.
    screen.press(screen.said("portal.sign_in"))
    screen.fill({"login": own, "password": newcomer.password})
    screen.press(screen.t("sign_in.submit"))
    screen.reads(newcomer.name)


@pytest.mark.parametrize("way", [PHONE, PLAIN_DESK], ids=str)
def test_a_newcomer_confirms_by_the_letters_link_and_puts_the_phone_off(screen, town, newcomer):
    begin(screen, town)
    screen.check("sign-up")
    screen.fill(newcomer.form())
    screen.press(screen.t("sign_up.submit"))
    letter = town.outbox.next(newcomer.email)
    screen.new_tab()
    screen.open(link_in(letter["text"]))
    screen.check("sign-up-link")
    screen.press(screen.t("sign_up.link.submit"))
    assert screen.at("/sign-up/phone")
    screen.press(screen.t("sign_up.phone.skip"))
    screen.reads(screen.t("sign_up.left.phone"))
    screen.check("sign-up-done-phone-left")
    screen.press(screen.t("sign_up.done.onward", portal=screen.said("services.name")))
    screen.reads("acr: simplified")
    # A number that nobody has confirmed is told to nobody.
    expect(screen.page.locator("main")).not_to_contain_text(newcomer.phone)


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_a_form_with_several_faults_lists_them_all_and_keeps_what_was_typed(screen, town, newcomer):
    begin(screen, town)
    for consent in (*CONSENTS, "agreement"):
        expect(screen.page.locator(f"[name={consent}]")).not_to_be_checked()
    screen.page.locator("summary").click()
    typed = {"family_name": newcomer.family_name, "email": "novikov@", "phone": "916 000", "question": "Где дача?"}
    screen.fill({**typed, "password": "short", "password2": "shorter", "answer": "", "city_news": True})
    screen.press(screen.t("sign_up.submit"))

    faulty = {"given_name", "email", "phone", "password", "password2", "answer", "agreement"}
    links = screen.page.locator(".errors a")
    assert {link.get_attribute("href") for link in links.all()} == {f"#{name}" for name in faulty}
    expect(links).to_have_count(len(faulty))
    for name in faulty:
        expect(screen.page.locator(f"[name={name}]")).to_have_attribute("aria-invalid", "true")
    for name, value in typed.items():
        expect(screen.page.locator(f"[name={name}]")).to_have_value(value)
    for name in ("password", "password2", "answer"):
        expect(screen.page.locator(f"[name={name}]")).to_have_value("")
    expect(screen.page.locator("[name=city_news]")).to_be_checked()
    expect(screen.page.locator("[name=service_use]")).not_to_be_checked()
    assert screen.page.title().startswith(screen.t("page.error_prefix"))
    screen.check("sign-up-faulty")
    if screen.way.script:
        expect(screen.page.locator(".errors")).to_be_focused()

    # A link of the list leads to its field.
    screen.page.locator(".errors a[href='#given_name']").click()
    expect(screen.page.locator("#given_name")).to_be_focused()

    # An agreement once given need not be given again with each correction.
    screen.fill({"agreement": True})
    screen.press(screen.t("sign_up.submit"))
    expect(screen.page.locator("[name=agreement]")).to_be_checked()
    expect(screen.page.locator(".errors a[href='#agreement']")).to_have_count(0)


def test_a_password_is_shown_on_demand_and_hidden_before_it_is_sent(screen, town):
    begin(screen, town)
    password = screen.page.locator("#password")
    password.fill("Sirenevy-sad-26")
    button = screen.page.locator("button[aria-controls=password]")
    button.click()
    expect(password).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    screen.check("sign-up-password-shown")
    button.click()
    expect(password).to_have_attribute("type", "password")
    expect(password).to_have_value("Sirenevy-sad-26")
