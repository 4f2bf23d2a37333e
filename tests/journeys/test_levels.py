"""Pages that need more than a person has: told kindly at the provider and the portal, everybody is brought back."""

import pytest
from playwright.sync_api import expect

from tests.journeys.ways import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE

#: A portal, its page that asks a binding level, and the level.
GUARDED = [("parking", "permit", "standard"), ("avtokod", "vehicle", "full"), ("services", "business", "legal-entity")]


@pytest.mark.parametrize(
    ("way", "portal", "page", "level"),
    [
        (way, *guarded)
        for way, guarded in zip((DESK, PLAIN_PHONE, PHONE, PLAIN_DESK), (*GUARDED, GUARDED[0]), strict=True)
    ],
    ids=str,
)
def test_what_cannot_be_reached_yet_is_said_kindly_and_the_person_brought_back(screen, town, portal, page, level):
    name = screen.said(f"{portal}.name")
    screen.open(town.portal(portal))
    screen.press(screen.said(f"{portal}.page.go"))
    # Nobody is signed in: first who they are, then what they lack.
    screen.sign_in("anna.belova")
    assert screen.at("/step-up")
    screen.reads(screen.t(f"step_up.{level}.heading"), "h1")
    screen.reads(screen.t("step_up.have.simplified"))
    screen.check(f"step-up-{level}")
    screen.press(screen.t("step_up.back.without" if level == "standard" else "step_up.back", portal=name))

    assert screen.page.url.startswith(town.portal(portal))
    screen.reads(screen.said(f"{portal}.page.needs"), "h1")
    screen.reads("unmet_authentication_requirements")
    screen.check(f"portal-lacking-{level}")
    # The front page asks for no level, so the person is at home there.
    screen.press(screen.said("refused.back"))
    assert screen.at(town.portal(portal))
    screen.reads("acr: simplified")
    screen.check(f"portal-{portal}")
    expect(screen.control(screen.said(f"{portal}.page.go"))).to_be_visible()


def test_the_provider_leads_to_my_access_and_the_request_still_stands_afterwards(screen, town):
    screen.open(town.portal("parking") + "permit")
    screen.sign_in("anna.belova")
    asked = screen.page.url
    screen.press(screen.t("step_up.my_level"))
    assert screen.at("/me")
    screen.open(asked)
    screen.reads(screen.t("step_up.standard.heading"), "h1")


@pytest.mark.parametrize("way", [PHONE, PLAIN_DESK], ids=str)
def test_whoever_does_not_want_to_sign_in_is_back_at_the_portal(screen, town):
    screen.open(town.portal("avtokod"))
    screen.check("portal-avtokod-front")
    screen.press(screen.said("portal.sign_in"))
    screen.press(screen.t("entry.back_to", portal=screen.said("avtokod.name")))
    assert screen.page.url.startswith(town.portal("avtokod"))
    screen.reads(screen.said("refused.access_denied.title"), "h1")
    screen.check("portal-declined")
