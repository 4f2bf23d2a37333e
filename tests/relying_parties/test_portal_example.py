"""What the portal of ``docs/examples`` does, as it is printed there, against the real provider."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from idp.store.tables.accounts import SessionRow
from idp.store.tables.grants import GrantRow
from tests.provider import Provider
from tests.relying_parties.arrange import Person, settle
from tests.relying_parties.browser import Browser
from tests.relying_parties.example import example_portal


@pytest.fixture(scope="module")
def portal(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with example_portal(provider, tmp_path_factory.mktemp("portal")) as address:
        yield address


@pytest.fixture
def signed_in(browser: Browser, portal: str, anna: Person) -> Browser:
    browser.open(f"{portal}/sign-in")
    browser.sign_in(anna)
    return browser


def test_sign_in_shows_the_name_the_level_and_the_methods(signed_in: Browser, portal: str):
    assert signed_in.address == f"{portal}/"
    assert "Иванова Анна Петровна, access level simplified, signed in by pwd" in signed_in.text


def test_a_page_that_needs_a_sign_in_leads_there_and_comes_back(browser: Browser, portal: str, anna: Person):
    browser.open(f"{portal}/news")
    browser.sign_in(anna)

    assert browser.address == f"{portal}/news" and "News for everybody" in browser.text


def test_a_level_that_cannot_be_had_is_explained_and_refused(signed_in: Browser, portal: str):
    signed_in.open(f"{portal}/permit")
    assert signed_in.path == "/step-up"

    refused = signed_in.open(signed_in.link("/authorize/decline"))

    assert refused.status_code == 403 and "needs a higher access level" in signed_in.text
    signed_in.open(f"{portal}/")
    assert "access level simplified" in signed_in.text


def test_a_level_that_is_held_is_asked_for_once(browser: Browser, provider: Provider, portal: str):
    vera = settle(provider, "vera-of-the-example", "full")
    browser.open(f"{portal}/permit")
    browser.sign_in(vera)

    assert "Your parking permit" in browser.text and "access level standard" in browser.text
    assert browser.open(f"{portal}/news", until=provider.issuer).status_code == 200


def test_a_level_that_rises_opens_the_page_without_another_sign_in(browser: Browser, provider: Provider, portal: str):
    oleg = settle(provider, "oleg-of-the-example")
    browser.open(f"{portal}/sign-in")
    browser.sign_in(oleg)
    provider.city.prove("pension_fund", oleg.account_id)

    browser.open(f"{portal}/permit")

    assert "Your parking permit" in browser.text


def test_a_server_that_needs_more_says_so_and_the_portal_steps_up(browser: Browser, provider: Provider, portal: str):
    """RFC 9470: 401 with ``insufficient_user_authentication``, ``acr_values``, ``max_age``; then the call again."""
    nina = settle(provider, "nina-of-the-example")
    browser.open(f"{portal}/records")
    browser.sign_in(nina)
    # The server wants standard: the portal asks for it, bindingly, and the person can go back.
    assert browser.path == "/step-up"
    assert browser.open(browser.link("/authorize/decline")).status_code == 403

    provider.city.prove("pension_fund", nina.account_id)
    browser.open(f"{portal}/records")
    assert browser.address == f"{portal}/records" and "Your permits: 77-000415" in browser.text

    # And a sign-in not older than an hour: who signed in earlier signs in again.
    let_sign_in_age(provider, nina.account_id)
    browser.open(f"{portal}/records")
    browser.sign_in(nina)
    assert browser.address == f"{portal}/records" and "Your permits: 77-000415" in browser.text


def let_sign_in_age(provider: Provider, account_id: str) -> None:
    """Make the person's sign-in two hours old, for the session and for what portals hold of it."""
    step = timedelta(hours=2)
    database = provider.flows.database
    for table in (GrantRow, SessionRow):
        for row in database.rows(select(table.id, table.auth_time).where(table.account_id == account_id)):
            database.run(update(table).where(table.id == row.id).values(auth_time=row.auth_time - step))


def test_sign_out_ends_both_sessions_and_comes_back(signed_in: Browser, portal: str):
    signed_in.press()

    assert signed_in.path == "/signed-out" and "You have signed out" in signed_in.text
    signed_in.open(f"{portal}/news")
    assert signed_in.path == "/sign-in"


def test_a_sign_out_elsewhere_reaches_the_portal(signed_in: Browser, provider: Provider, portal: str):
    signed_in.open(f"{provider.issuer}/end_session")
    signed_in.press()
    assert "Example signed out" in signed_in.text

    signed_in.open(f"{portal}/")
    assert "access level" not in signed_in.text


def test_answers_that_are_not_the_providers_or_not_asked_for_are_refused(
    browser: Browser, provider: Provider, portal: str
):
    for query in ("code=x&state=y&iss=https://evil.test", "code=x&state=y", f"code=x&state=y&iss={provider.issuer}"):
        assert browser.open(f"{portal}/callback?{query}").status_code == 400


def test_an_answer_is_taken_once(browser: Browser, portal: str, anna: Person):
    browser.open(f"{portal}/sign-in")
    browser.sign_in(anna, until=f"{portal}/callback")
    answer = browser.address

    assert browser.open(answer).status_code == 200 and "access level" in browser.text
    assert browser.open(answer).status_code == 400


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_a_forged_logout_token_ends_nothing(signed_in: Browser, portal: str, token: str):
    answer = httpx.post(f"{portal}/backchannel-logout", data={"logout_token": token}, trust_env=False)

    assert answer.status_code == 400
    assert signed_in.open(f"{portal}/news").status_code == 200


def test_an_id_token_is_no_logout_token(signed_in: Browser, provider: Provider, portal: str, anna: Person):
    signed_in.press(until=provider.issuer)
    id_token = httpx.URL(signed_in.address).params["id_token_hint"]
    signed_in.open(f"{portal}/sign-in")

    answer = httpx.post(f"{portal}/backchannel-logout", data={"logout_token": id_token}, trust_env=False)

    assert answer.status_code == 400 and "logout token" in answer.text
    assert signed_in.open(f"{portal}/news").status_code == 200


def test_a_logout_token_is_taken_once(signed_in: Browser, provider: Provider, portal: str, anna: Person):
    client = provider.flows.clients.get("example")
    assert client is not None
    sent: list[str] = []
    telling = provider.flows.people.end_sessions.tell
    telling = replace(telling, post=lambda url, form, timeout: sent.append(form["logout_token"]) or 200)
    telling(client, anna.account_id, "a-session-that-is-not-here", 5)

    form = {"logout_token": sent[0]}
    answers = [httpx.post(f"{portal}/backchannel-logout", data=form, trust_env=False) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 400]
    assert signed_in.open(f"{portal}/news").status_code == 200
