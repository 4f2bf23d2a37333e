"""A resident sees where they are signed in, ends one session from another device, then all others."""

import pytest
from playwright.sync_api import expect

from tests.journeys.ways import DESK, PLAIN_PHONE


def enter(screen, town, portal, login):
    screen.open(town.portal(portal))
    screen.press(screen.said("portal.sign_in"))
    screen.sign_in(login)
    assert screen.at(town.portal(portal))


@pytest.mark.parametrize(("way", "login"), [(DESK, "vera.orlova"), (PLAIN_PHONE, "oleg.kuznetsov")], ids=str)
def test_a_session_is_ended_from_another_device_and_its_portals_forget_the_person(screens, town, way, login):
    lost, third, desk = screens(way), screens(way), screens(way)
    enter(lost, town, "parking", login)
    enter(third, town, "avtokod", login)
    enter(desk, town, "services", login)
    desk.open("/me/security")
    desk.press(desk.t("security.sessions.open"))
    devices = desk.page.locator("ul.way > li")
    expect(devices).to_have_count(3)
    expect(devices.first).to_contain_text(desk.t("me.this_device"))
    expect(devices.first).to_contain_text(desk.said("services.name"))
    desk.check("me-sessions-some")

    with desk.page.expect_navigation():
        devices.filter(has_text=desk.said("parking.name")).get_by_role("button").click()
    desk.reads(desk.t("sessions.ended.one"))
    desk.check("me-sessions-ended")
    expect(devices).to_have_count(2)
    lost.open(town.portal("parking"))
    expect(lost.control(lost.said("portal.sign_in"))).to_be_visible()
    lost.open("/me")
    assert lost.at("/sign-in")

    desk.press(desk.t("sessions.end_others"))
    desk.reads(desk.t("sessions.ended.others"))
    expect(devices).to_have_count(1)
    third.open(town.portal("avtokod"))
    expect(third.control(third.said("portal.sign_in"))).to_be_visible()
    # The one that ended the others goes on.
    desk.open(town.portal("services"))
    desk.reads("acr: simplified")
    desk.open("/me/security/sign-ins")
    desk.reads(desk.t("sign_ins.session.all_ended"))
    desk.check("me-sign-ins-some")
