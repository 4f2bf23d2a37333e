"""The sign-in page: light, alone, in two languages, and good with a keyboard only."""

import pytest

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
