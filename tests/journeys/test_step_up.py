"""Standard access asked by Parking, with Services beside it: at once, tomorrow on another device, and the fall."""

import re

import pytest

from tests.journeys.fund import BORN, answer_now, insured, new_snils
from tests.journeys.test_personal_pages import register
from tests.journeys.ways import DESK, PLAIN_PHONE


def type_snils(screen, snils):
    """Number, date of birth, sex: a page each."""
    screen.fill({"snils": snils})
    screen.press(screen.t("snils.next"))
    screen.fill({"birthdate": BORN})
    screen.press(screen.t("snils.next"))
    screen.page.locator("[name=sex][value=male]").check()
    screen.press(screen.t("snils.ask"))


def ask_for_the_permit(screen, town):
    """Parking's page asks standard bindingly; the planner offers the SNILS."""
    screen.open(town.portal("parking") + "permit")
    assert screen.at("/step-up"), screen.page.url
    screen.reads(screen.t("step_up.standard.heading"), "h1")
    screen.reads(screen.t("way.snils.time"))
    screen.reads(screen.t("way.snils.needs"))


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_an_answer_at_once_brings_back_to_the_permit_and_a_changed_name_takes_it_away(screen, town, newcomer, capsys):
    """Scenario 3, and the fall that every portal hears of."""
    snils, name = insured(town, newcomer), screen.said("parking.name")
    register(screen, town, newcomer)
    ask_for_the_permit(screen, town)
    screen.check("planner")
    screen.press(screen.t("way.snils.do"))

    # Wrong check digits are told at once, a number that the fund doesn't know after it was asked; nothing has changed.
    screen.fill({"snils": snils[:-1] + str((int(snils[-1]) + 1) % 10)})
    screen.press(screen.t("snils.next"))
    assert screen.page.locator("#snils").get_attribute("aria-invalid") == "true"
    type_snils(screen, new_snils())
    screen.reads(screen.t("snils.unknown.heading"), "h1")
    screen.press(screen.t("snils.again"))
    type_snils(screen, snils)
    screen.reads(screen.t("snils.match.heading"), "h1")
    screen.reads(screen.t("waiting.title", portal=name))
    screen.check("snils-match-with-a-portal-waiting")

    # In the same browser the request is taken up where it stopped.
    screen.press(screen.t("waiting.go_on", portal=name))
    assert screen.at(town.portal("parking") + "permit"), screen.page.url
    screen.reads("acr: standard")
    # The others ask for no level: what they are told is the level there is. Our City asks for permission first.
    for portal in ("services", "avtokod"):
        screen.open(town.portal(portal))
        screen.reads("acr: standard")
    screen.open(town.portal("our-city"))
    screen.press(screen.said("portal.sign_in"))
    screen.press(screen.t("consent.yes"))
    screen.reads("acr: standard")
    # The records want standard, and a sign-in of this hour: both are there.
    screen.open(town.portal("parking") + "permits")
    screen.reads("77-000415")
    screen.check("parking-permits")

    screen.open("/me/data")
    screen.fill({"given_name": "Павел", "lower": True})
    screen.press(screen.t("me.save"))
    heard = [" ".join(line.split()) for line in screen.page.locator("#heard li").all_inner_texts()]
    portals = [screen.said(f"{portal}.name") for portal in ("parking", "services", "avtokod", "our-city")]
    assert sorted(line.partition(" ")[0] for line in heard) == sorted(name.partition(" ")[0] for name in portals), heard
    assert all(re.search(r"\d+[.,]\d\d", line) for line in heard), heard
    with capsys.disabled():
        print(f"\n[{screen.way}] {'; '.join(heard)}")
    screen.check("data-with-who-heard")

    # The portals ended their visits: Services begins anew with the level there is, Parking asks for what it lacks.
    screen.open(town.portal("services"))
    screen.reads("acr: simplified")
    screen.open(town.portal("parking") + "permit")
    assert screen.at("/step-up")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_an_answer_tomorrow_is_told_everywhere_and_another_device_goes_on_from_the_letter(
    screen, screens, town, newcomer, way
):
    """Scenario 2: asked, pending, the browser closed; the answer comes, the portal starts afresh on another device."""
    snils = insured(town, newcomer, "tomorrow")
    register(screen, town, newcomer)
    screen.open(town.portal("services"))
    screen.reads("acr: simplified")
    ask_for_the_permit(screen, town)
    screen.press(screen.t("way.snils.do"))
    type_snils(screen, snils)
    screen.reads(screen.t("snils.pending.heading"), "h1")
    screen.check("snils-pending-with-a-portal-waiting")
    answer_now(town, snils)

    letter = next_with_link(town, newcomer.email)
    assert "/waiting/" in next_with_link(town, newcomer.number)
    # Services, in the first browser, gets the new level by a refresh, without a new sign-in.
    screen.open(town.portal("services"))
    screen.press(screen.said("portal.refresh"))
    screen.reads("acr: standard")

    phone = screens(way)
    phone.open(letter)
    assert phone.at("/sign-in")
    phone.fill({"login": newcomer.email, "password": newcomer.password})
    phone.press(phone.t("sign_in.submit"))
    # No code went into a state that Parking never had here: it began anew, and opened the page it wanted opened.
    assert phone.at(town.portal("parking") + "permit"), phone.page.url
    phone.reads("acr: standard")
    # The link is spent, and so is the first browser's question.
    phone.open(letter)
    phone.reads(phone.t("error.authorize.answered.title"), "h1")
    phone.check("waiting-over")
    phone.open("/me/notices")
    phone.reads(phone.t("notice.step_up_ready.title"))


def next_with_link(town, to):
    """Return the address of what waits, out of the next message that has one."""
    for _ in range(20):
        found = re.search(r"https?://\S+/waiting/[0-9a-f]{32}", town.outbox.next(to)["text"])
        if found:
            return found.group()
    raise AssertionError(f"no message to {to} leads to what waits")
