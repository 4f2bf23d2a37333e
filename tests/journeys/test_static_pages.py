"""Pages that only say something, and the pages of things that went wrong."""

import pytest

from tests.journeys.ways import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE


@pytest.mark.parametrize("way", [DESK, PHONE, PLAIN_PHONE], ids=str)
def test_help_data_accessibility_and_agreement_are_there_for_everybody(screen):
    screen.open("/sign-in")
    for name in ("help", "privacy", "accessibility"):
        screen.press(screen.t(f"foot.{name}"), "footer")
        assert screen.at(f"/{name}")
        screen.check(name)
    screen.open("/agreement")
    screen.check("agreement")
    screen.press(screen.t("page.home"))
    assert screen.at("/sign-in")


@pytest.mark.parametrize("way", [DESK, PHONE, PLAIN_DESK, PLAIN_PHONE], ids=str)
def test_an_error_says_what_happened_what_is_safe_and_what_to_do(screen, town):
    callback = town.portal("parking") + "callback"
    for name, address in {
        "error-unknown-client": "/authorize?client_id=nobody&response_type=code",
        "error-foreign-address": "/authorize?client_id=parking&response_type=code&redirect_uri=https://evil.test/",
        "error-malformed": f"/authorize?client_id=parking&client_id=parking&redirect_uri={callback}",
        "error-not-found": "/no/such/page",
        "error-over": "/sign-in?tx=gone",
        "error-answered": "/authorize/resume?tx=gone",
    }.items():
        screen.open(address)
        assert screen.page.url.startswith(town.issuer), "nobody is sent to an address that isn't registered"
        screen.check(name)
    for portal in ("parking", "our-city"):
        screen.open(town.portal(portal) + "callback?state=foreign&code=x")
        screen.check("portal-unknown-attempt")
    screen.open(town.portal("services") + "no-such-page")
    screen.check("portal-not-found")


@pytest.mark.parametrize("way", [DESK, PHONE], ids=str)
def test_the_demo_shows_what_it_sent_and_what_its_services_ask(screen, town, newcomer):
    screen.open(town.outbox.address)
    screen.check("outbox")
    screen.open(f"{town.outbox.address}/?to=nobody@gorod.test")
    screen.check("outbox-empty")
    screen.open(town.portal("our-city"))
    screen.check("portal-our-city-front")
    screen.open(town.records)
    screen.check("records")
    screen.press(screen.said("records.check"))
    screen.reads("77-000415")
    screen.check("records-checked")
