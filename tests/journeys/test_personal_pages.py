"""A resident's own pages, a forgotten login and password, and an application that asks: with JavaScript and without."""

import json
import re

import pytest

from tests.journeys.ways import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE

PAGES = ("", "/data", "/login", "/contacts", "/consents", "/portals", "/notices", "/export", "/delete")
PAGES += ("/security", "/security/password", "/security/question", "/security/sessions", "/security/sign-ins")
NEW_PASSWORD = "Klyonovy-list-31"


def send(screen, action):
    """Press the button of the form that goes there."""
    with screen.page.expect_navigation():
        screen.page.locator(f"form[action$='{action}'] button[type=submit]:not([name=answer])").last.click()


def code(town, to):
    """Return the next code that came; notices come between."""
    while not (found := re.search(r"(?<!\d)\d{6}(?!\d)", town.outbox.next(to)["text"])):
        pass
    return found.group()


def register(screen, town, newcomer, question=None):
    screen.open("/sign-up")
    screen.fill(newcomer.form())
    if question is not None:
        screen.page.locator("summary").click()
        screen.fill(question)
    screen.press(screen.t("sign_up.submit"))
    screen.fill({"code": code(town, newcomer.email)})
    screen.press(screen.t("sign_up.email.submit"))
    screen.fill({"code": code(town, newcomer.number)})
    screen.press(screen.t("sign_up.phone.submit"))
    assert screen.at("/sign-up/done")


def sign_in(screen, name, password):
    screen.open("/sign-in")
    screen.fill({"login": name, "password": password})
    screen.press(screen.t("sign_in.submit"))


@pytest.mark.parametrize("way", [DESK, PHONE, PLAIN_DESK], ids=str)
def test_every_personal_page_is_whole(screen, town):
    sign_in(screen, "anna.belova", town.person("anna.belova")["password"])
    for path in PAGES:
        screen.open(f"/me{path}")
        screen.check(f"me{path.replace('/', '-')}")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_a_resident_changes_contacts_downloads_everything_and_deletes_the_account(screen, town, newcomer):
    register(screen, town, newcomer)

    # A new e-mail waits beside the old one, which hears of it and stays in force until the code is typed (SIM-28).
    new = f"pochta{newcomer.phone}@gorod.test"
    screen.open("/me/contacts/email")
    screen.check("me-contact-change")
    screen.fill({"email": new, "present": "wrong"})
    send(screen, "/contacts/email")
    screen.check("me-contact-change-wrong")
    screen.fill({"email": new, "present": newcomer.password})
    send(screen, "/contacts/email")
    screen.reads(new)
    screen.check("me-contact-code")
    screen.open("/me/contacts")
    screen.reads(newcomer.email)
    screen.reads(screen.t("me.contacts.waiting"))
    screen.check("me-contacts-waiting")
    screen.press(f"{screen.t('me.contacts.confirm')} {new}")
    screen.fill({"code": code(town, new)})
    send(screen, "/code")
    screen.reads(new)
    assert newcomer.email not in screen.page.locator("main .way").first.inner_text()

    # A way in goes by the password only.
    screen.press(re.sub(r"\s+", " ", f"{screen.t('me.remove.do')} {screen.page.locator('h3').last.inner_text()}"))
    screen.check("me-contact-remove")
    screen.fill({"present": newcomer.password})
    send(screen, "/remove")
    screen.reads(screen.t("me.contacts.add.phone"))

    screen.open("/me/notices")
    screen.reads(screen.t("notice.contact_removed.title"))
    screen.check("me-notices-some")

    screen.open("/me/export")
    screen.fill({"present": newcomer.password})
    with screen.page.expect_download() as download:
        screen.page.locator("form[action='/me/export'] button[type=submit]").last.click()
    kept = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert [item["value"] for item in kept["contacts"]] == [new]

    screen.open("/me/delete")
    screen.fill({"sure": True, "present": newcomer.password})
    send(screen, "/me/delete")
    screen.reads(screen.t("deleted.title"))
    screen.check("deleted")
    sign_in(screen, new, newcomer.password)
    screen.reads(screen.t("sign_in.errors"))


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_a_forgotten_login_and_password_come_back_by_the_confirmed_contacts(screen, screens, town, newcomer, way):
    # The control question is set later by one, with the registration by the other; both are asked it.
    question = {"question": "Кличка собаки?", "answer": "Тузик"}
    register(screen, town, newcomer, question if way is PLAIN_PHONE else None)
    screen.open("/me/security/question")
    if way is DESK:
        screen.fill({**question, "question_present": newcomer.password})
        send(screen, "/security/question")
        screen.reads(screen.t("me.saved"))
    else:
        assert screen.page.locator("#question").input_value() == question["question"]

    away = screens(way)
    away.open("/recovery/login")
    away.check("recovery-login")
    away.fill({"contact": newcomer.number})
    away.press(away.t("recovery.login.submit"))
    away.check("recovery-login-sent")
    while newcomer.email not in town.outbox.next(newcomer.number)["text"]:
        pass

    away.open("/recovery/password")
    away.check("recovery-password")
    away.fill({"contact": newcomer.number})
    away.press(away.t("recovery.send_code"))
    away.fill({"code": "12"})
    away.press(away.t("recovery.code.submit"))
    away.check("recovery-code-wrong")
    code(town, newcomer.number)
    away.press(away.t("code.again"))
    away.reads(away.t("code.sent_again"))
    away.fill({"code": code(town, newcomer.number)})
    away.press(away.t("recovery.code.submit"))
    away.reads("Кличка собаки?")
    away.check("recovery-new-password")
    away.fill({"answer": "Шарик", "password": NEW_PASSWORD, "password2": NEW_PASSWORD})
    away.press(away.t("recovery.new.submit"))
    away.check("recovery-new-password-wrong")
    away.fill({"answer": "тузик", "password": NEW_PASSWORD, "password2": NEW_PASSWORD})
    away.press(away.t("recovery.new.submit"))
    away.check("recovery-done")

    # Every session has ended, and the e-mail is told although the phone was used.
    screen.open("/me")
    assert screen.at("/sign-in")
    while town.outbox.next(newcomer.email)["subject"] != screen.t("mail.password_recovered.subject"):
        pass
    sign_in(away, newcomer.email, NEW_PASSWORD)
    assert away.at("/me")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_an_application_that_isnt_the_citys_asks_once_and_again_once_withdrawn(screen, town, newcomer):
    register(screen, town, newcomer)
    screen.open(town.portal("our-city"))
    screen.press(screen.said("portal.sign_in"))
    assert screen.at("/consent")
    screen.reads(newcomer.name)
    screen.check("consent")
    screen.press(screen.t("consent.yes"))
    assert screen.at(town.portal("our-city"))

    screen.open("/me/portals")
    screen.check("me-portals-some")
    send(screen, "/portals/our-city/withdraw")
    screen.reads(screen.t("me.saved"))
    screen.context.clear_cookies(name=re.compile("our|portal"))
    screen.open(town.portal("our-city"))
    screen.press(screen.said("portal.sign_in"))
    assert screen.at("/consent")
