"""Pages that few people see are as whole as the others: questions before leaving, forms gone stale, links by mail."""

import re
from urllib.parse import urlencode

import pytest

from idp.protocol.pkce import challenge_of
from tests.journeys.outbox import link_in
from tests.journeys.ways import DESK, PHONE, PLAIN_DESK, PLAIN_PHONE


def confirm(screen, town, newcomer):
    screen.open("/sign-up")
    screen.fill(newcomer.form())
    screen.press(screen.t("sign_up.submit"))
    screen.fill({"code": town.outbox.code(newcomer.email)})
    screen.press(screen.t("sign_up.email.submit"))
    screen.press(screen.t("sign_up.phone.skip"))


def asks(town, portal="parking", **parameters):
    """Return the address of a portal's request."""
    sent = {
        "client_id": portal,
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": town.portal(portal) + "callback",
        "code_challenge": challenge_of("a-verifier-of-the-right-length-0123456789-abc"),
        "code_challenge_method": "S256",
        **parameters,
    }
    return f"/authorize?{urlencode(sent)}"


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_what_a_signed_in_person_rarely_sees_is_whole(screen, town, newcomer):
    confirm(screen, town, newcomer)

    # A portal asks for a new sign-in: the page says who is asked, and why.
    screen.open(asks(town, prompt="login"))
    screen.reads(screen.t("sign_in.again.heading"), "h1")
    screen.check("sign-in-again")

    # A contact changed by the letter's link, which then is spent.
    new = f"new.{newcomer.email}"
    screen.open("/me/contacts/email")
    screen.fill({"email": new, "present": newcomer.password})
    screen.press(screen.t("recovery.send_code"))
    link = link_in(town.outbox.next(new)["text"])
    screen.open(link)
    screen.check("contact-link")
    screen.press(screen.t("sign_up.link.submit"))
    screen.reads(screen.t("contact_confirmed.title"), "h1")
    screen.check("contact-confirmed")
    screen.open(link[:-4] + "gone")
    screen.reads(screen.t("link.expired.title"), "h1")
    screen.check("contact-link-ended")
    screen.press(screen.t("link.expired.to_contacts"))
    assert screen.at("/me/contacts")

    # An application asks once, and again when it wants more: then the difference is shown.
    screen.open(asks(town, "our-city", scope="openid profile"))
    screen.press(screen.t("consent.yes"))
    screen.open(asks(town, "our-city", scope="openid profile email"))
    screen.reads(screen.t("consent.gets_more"))
    screen.reads(new)
    screen.check("consent-more")

    # A form that stood open while the browser forgot its cookie.
    screen.open("/me/consents")
    screen.context.clear_cookies(name=re.compile("city-browser"))
    screen.press(screen.t("me.save"))
    screen.reads(screen.t("stale.title"), "h1")
    screen.check("stale-form")
    screen.press(screen.t("stale.again"))
    assert screen.at("/me/consents")

    # Signing out without a portal's word for it is asked about first.
    screen.open("/end_session")
    screen.reads(screen.t("sign_out.heading"), "h1")
    screen.check("sign-out")
    screen.press(screen.t("sign_out.yes"))
    screen.reads(screen.t("signed_out.heading"), "h1")


@pytest.mark.parametrize("way", [PHONE, PLAIN_DESK], ids=str)
def test_a_year_later_contacts_are_asked_after_once(screen, town, newcomer):
    confirm(screen, town, newcomer)
    screen.press(screen.t("bar.sign_out"), "header")
    town.age_contacts(newcomer.email)
    screen.open(town.portal("parking"))
    screen.press(screen.said("portal.sign_in"))
    screen.fill({"login": newcomer.email, "password": newcomer.password})
    screen.press(screen.t("sign_in.submit"))
    screen.reads(screen.t("contact_check.title"), "h1")
    screen.reads(newcomer.email)
    screen.check("contact-check")
    screen.press(screen.t("contact_check.yes"))
    assert screen.at(town.portal("parking"))
    screen.reads("acr: simplified")
    screen.open("/sign-in/contacts")
    assert screen.at("/me")


@pytest.mark.parametrize("way", [DESK, PLAIN_PHONE], ids=str)
def test_of_two_registrations_of_one_address_the_later_confirmed_is_told_kindly(screens, town, newcomer, way):
    first, second = screens(way), screens(way)
    for screen in (first, second):
        screen.open("/sign-up")
        screen.fill(newcomer.form())
        screen.press(screen.t("sign_up.submit"))
    links = [link_in(town.outbox.next(newcomer.email)["text"]) for _ in range(2)]
    first.open(links[0])
    first.press(first.t("sign_up.link.submit"))
    assert first.at("/sign-up/phone")
    second.open(links[1])
    second.press(second.t("sign_up.link.submit"))
    second.reads(second.t("refused.title"), "h1")
    second.check("refused")

    # Recovery without a beginning, and an answer that the browser posts to the portal itself.
    second.open("/recovery/code")
    second.reads(second.t("recovery.expired.title"), "h1")
    second.check("recovery-expired")
    if not way.script:
        first.open(asks(town, response_mode="form_post"))
        first.reads(first.t("form_post.title"), "h1")
        first.check("form-post")
