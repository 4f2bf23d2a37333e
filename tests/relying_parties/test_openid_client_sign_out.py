"""openid-client signs out: back with the state, every portal of the session told, and what lives on afterwards."""

import pytest

from tests.provider import Provider
from tests.relying_parties.arrange import Person
from tests.relying_parties.browser import Browser
from tests.relying_parties.openid_client import OpenidClient

SIGNED_OUT = {"signed_in": False}


@pytest.fixture
def signed_in(browser: Browser, portals: OpenidClient, anna: Person) -> Browser:
    """Anna is signed in at four portals; ``deaf`` has no address to be told at."""
    portals.sign_in(browser, "basic")
    browser.sign_in(anna)
    for portal in ("es256", "eddsa", "deaf"):
        portals.sign_in(browser, portal)
    return browser


def shown(browser: Browser, portals: OpenidClient, portal: str) -> object:
    browser.open(f"{portals.of(portal)}/")
    return portals.told(browser)


def test_a_portals_sign_out_comes_back_with_its_state(signed_in, portals):
    signed_in.open(f"{portals.of('basic')}/sign-out")

    assert portals.told(signed_in) == {"signed_out": True}
    assert portals.sign_in(signed_in, "basic", prompt="none")["error"] == "login_required"


def test_every_portal_of_the_session_is_told(signed_in, portals):
    signed_in.open(f"{portals.of('basic')}/sign-out")

    # Each verified a logout token signed as its ID tokens are.
    for portal in ("es256", "eddsa"):
        assert shown(signed_in, portals, portal) == SIGNED_OUT
    assert "claims" in shown(signed_in, portals, "deaf")


def test_our_own_page_lists_the_portals_with_the_result(signed_in, portals, provider: Provider):
    signed_in.open(f"{provider.issuer}/end_session")
    signed_in.press()

    for portal in ("Basic", "Es256", "Eddsa"):
        assert f"{portal} signed out" in signed_in.text
    assert "Deaf the service ends its session when it next asks us" in signed_in.text
    assert shown(signed_in, portals, "basic") == SIGNED_OUT


def test_another_session_of_the_same_person_is_left_alone(signed_in, portals, anna):
    with Browser() as another:
        portals.sign_in(another, "es256")
        another.sign_in(anna)
        signed_in.open(f"{portals.of('basic')}/sign-out")

        assert "claims" in shown(another, portals, "es256")
        assert "claims" in portals.sign_in(another, "es256", prompt="none")


def test_grants_end_with_the_session_but_one_with_offline_access_lives_on(browser, portals, anna):
    portals.sign_in(browser, "basic", scope="openid")
    browser.sign_in(anna)
    bound = portals.told(browser)
    lasting = portals.sign_in(browser, "deaf", scope="openid offline_access")

    browser.open(f"{portals.of('basic')}/sign-out")

    assert portals.call(browser, "basic", "refresh", refresh_token=bound["refresh_token"])["error"] == "invalid_grant"
    assert portals.call(browser, "basic", "introspect", token=bound["access_token"]) == {"active": False}
    assert portals.call(browser, "deaf", "introspect", token=lasting["access_token"])["active"] is True
    again = portals.call(browser, "deaf", "refresh")
    # Its acr is the person's level, its methods are those of the sign-in; the session that ended is not named.
    claims, before = again["claims"], lasting["claims"]
    assert (claims["acr"], claims["amr"], claims["auth_time"]) == ("simplified", ["pwd"], before["auth_time"])
    assert "sid" not in claims


def test_a_portal_cannot_be_signed_out_by_a_forged_token(signed_in, portals):
    told = portals.call(signed_in, "es256", "backchannel-logout", logout_token="e30.e30.e30")

    assert "error" in told or told["code"]
    assert "claims" in shown(signed_in, portals, "es256")
