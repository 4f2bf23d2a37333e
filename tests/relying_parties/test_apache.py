"""Apache guards pages with mod_auth_openidc: claims in the environment, a level by path, sign-out both ways."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from tests.provider import Provider
from tests.relying_parties.apache import apache
from tests.relying_parties.arrange import Person, settle
from tests.relying_parties.browser import Browser


@pytest.fixture(scope="module")
def site(provider: Provider) -> Iterator[str]:
    # Not below pytest's own folder, which nobody else may enter.
    with TemporaryDirectory(prefix="apache-") as folder, apache(provider, Path(folder)) as address:
        yield address


@pytest.fixture
def signed_in(browser: Browser, site: str, anna: Person) -> Browser:
    browser.open(f"{site}/")
    browser.sign_in(anna)
    return browser


def claims(browser: Browser) -> dict[str, str]:
    """Return what the page was told of the person."""
    lines = html.unescape(browser.page.text).splitlines()
    return {match[1]: match[2] for line in lines if (match := re.match(r"(?:<pre>)?OIDC_CLAIM_(\w+)=(.*)", line))}


def test_a_guarded_page_shows_the_claims_and_the_level(signed_in: Browser, site: str, provider: Provider, anna: Person):
    assert signed_in.address == f"{site}/" and signed_in.page.status_code == 200
    told = claims(signed_in)

    assert (told["iss"], told["aud"], told["sub"]) == (provider.issuer, "apache", anna.account_id)
    assert (told["acr"], told["access_level"], told["amr"]) == ("simplified", "simplified", "pwd")
    assert (told["name"], told["email"]) == ("Иванова Анна Петровна", "anna@example.ru")


def test_what_acr_values_asks_is_answered_though_the_person_stands_higher(
    browser: Browser, site: str, provider: Provider
):
    browser.open(f"{site}/")
    browser.sign_in(settle(provider, "full-at-apache", "full"))

    assert (claims(browser)["acr"], claims(browser)["access_level"]) == ("simplified", "full")


def test_a_page_that_requires_a_level_asks_for_it_and_shows_when_it_is_there(
    browser: Browser, site: str, provider: Provider
):
    riser = settle(provider, "riser-at-apache")
    browser.open(f"{site}/")
    browser.sign_in(riser)
    browser.open(f"{site}/permit/")
    assert browser.path == "/step-up" and browser.address.startswith(provider.issuer)

    provider.city.prove("pension_fund", riser.account_id)
    browser.open(browser.address)

    assert browser.address == f"{site}/permit/" and claims(browser)["acr"] == "standard"


def test_who_cannot_reach_the_level_comes_back_and_keeps_the_session(signed_in: Browser, site: str):
    signed_in.open(f"{site}/permit/")
    back = signed_in.link("/authorize/decline")

    signed_in.open(back, until=site)
    assert "error=unmet_authentication_requirements" in signed_in.address
    signed_in.open(signed_in.address)

    assert signed_in.address == f"{site}/" and claims(signed_in)["acr"] == "simplified"


def test_a_sign_out_elsewhere_reaches_apache_by_a_logout_token(signed_in: Browser, site: str, provider: Provider):
    signed_in.open(f"{provider.issuer}/end_session")
    signed_in.press()
    assert "Apache signed out" in signed_in.text

    signed_in.open(f"{site}/")

    assert signed_in.path == "/sign-in"


def test_a_logout_token_of_another_session_leaves_this_one(
    signed_in: Browser, site: str, provider: Provider, anna: Person
):
    with Browser() as another:
        another.open(f"{site}/")
        another.sign_in(anna)
        another.open(f"{provider.issuer}/end_session")
        another.press()
        another.open(f"{site}/")
        assert another.path == "/sign-in"

    assert claims(_again(signed_in, site))["sub"] == anna.account_id


def test_a_forged_logout_token_is_refused(signed_in: Browser, site: str):
    answer = httpx.post(f"{site}/callback?logout=backchannel", data={"logout_token": "e30.e30.e30"}, trust_env=False)

    assert answer.status_code == 400
    assert claims(_again(signed_in, site))["acr"] == "simplified"


def test_apaches_own_sign_out_ends_the_session_at_the_provider_and_comes_back(signed_in: Browser, site: str):
    back = f"{site}/signed-out"
    signed_in.open(f"{site}/callback?{httpx.QueryParams(logout=back)}")

    assert signed_in.address.startswith(back) and signed_in.page.status_code == 200 and not claims(signed_in)
    signed_in.open(f"{site}/")
    assert signed_in.path == "/sign-in"


def _again(browser: Browser, site: str) -> Browser:
    browser.open(f"{site}/")
    return browser
