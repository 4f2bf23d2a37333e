"""The table of scopes and claims in the requirements, cell by cell: which claim comes where, with data and without."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, update

from idp.accounts.consent import Consent, ConsentKind
from idp.assurance.identifiers import SNILS
from idp.kernel.clock import utc_now
from idp.store.consents import Consents
from idp.store.tables.accounts import AccountRow, ContactRow
from tests.certification.portal import Person, Portal, Tokens
from tests.provider import HttpBrowser, Provider

ALWAYS_AT_USERINFO = {"sub", "acr", "access_level"}
ALWAYS_IN_ID_TOKEN = {"iss", "aud", "exp", "iat", "nonce", "at_hash"}
#: Scope to what it brings to the ID token and to UserInfo where all data is there, and where none is that can lack.
TABLE: dict[str, tuple[set[str], set[str], set[str]]] = {
    "openid": ({"sub", "acr", "amr", "auth_time", "access_level", "sid"}, set(), set()),
    "profile": (
        set(),
        {
            *("family_name", "given_name", "middle_name", "name", "preferred_username"),
            *("gender", "birthdate", "locale", "updated_at"),
        },
        {"family_name", "given_name", "name", "locale", "updated_at"},
    ),
    "email": (set(), {"email", "email_verified"}, set()),
    "phone": (set(), {"phone_number", "phone_number_verified"}, set()),
    "snils": (set(), {"snils", "snils_verified"}, set()),
    "consents": (set(), {"consents", "notice_channels"}, set()),
    "offline_access": (set(), set(), set()),
}
SCOPES = [*TABLE]
_NUMBERS = count(11223344595)


@pytest.fixture
def portal(provider: Provider, http: httpx.Client) -> Portal:
    """Registered for all of them."""
    return Portal.register(provider, http, scope=" ".join(SCOPES))


def give_consents(provider: Provider, account_id: str) -> datetime:
    """Give all consents, take the city's news back an hour later; return when they were given."""
    consents, at = Consents(provider.flows.database), utc_now().replace(microsecond=0) - timedelta(hours=2)
    for kind in ConsentKind:
        consents.add(account_id, Consent(kind, True, at, "1"))
    consents.add(account_id, Consent(ConsentKind.CITY_NEWS, False, at + timedelta(hours=1), "1"))
    return at


@pytest.fixture
def whole(provider: Provider, portal: Portal, browser: HttpBrowser) -> Person:
    """Somebody signed in of whom everything is known that can be."""
    person = Person(provider.person())
    portal.signed_in(browser, person)
    own = {"login": f"anna-{person.account_id[:8]}", "login_chosen": True}
    provider.flows.database.run(update(AccountRow).where(AccountRow.id == person.account_id).values(**own))
    give_consents(provider, person.account_id)
    # Each number is one person's.
    provider.flows.verifications.personal_data.hold(person.account_id, SNILS, f"{next(_NUMBERS)}", utc_now())
    return person


@pytest.fixture
def bare(provider: Provider, portal: Portal, browser: HttpBrowser) -> Person:
    """Somebody signed in of whom whatever can lack does: the e-mail, which is the login, is outdated by now."""
    person = Person(provider.person(middle_name="", gender=None, birthdate=None))
    portal.signed_in(browser, person)
    mine = ContactRow.account_id == person.account_id
    provider.flows.database.run(delete(ContactRow).where(mine, ContactRow.kind == "phone"))
    provider.flows.database.run(update(ContactRow).where(mine).values(outdated_at=utc_now()))
    return person


def given(portal: Portal, browser: HttpBrowser, scope: str) -> Tokens:
    """Ask as the person who is signed in."""
    return portal.redeem(portal.silently(browser, scope=scope if scope == "openid" else f"openid {scope}"))


@pytest.mark.parametrize("known", ["whole", "bare"])
@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_brings_its_claims_where_the_table_says(
    portal: Portal, browser: HttpBrowser, known: str, scope: str, request: pytest.FixtureRequest
):
    request.getfixturevalue(known)
    tokens = given(portal, browser, scope)

    in_id_token, with_data, without = TABLE[scope]
    at_userinfo = with_data if known == "whole" else without
    assert tokens.claims.keys() == ALWAYS_IN_ID_TOKEN | TABLE["openid"][0] | in_id_token
    assert portal.userinfo(tokens).keys() == ALWAYS_AT_USERINFO | at_userinfo


@pytest.mark.parametrize("scope", SCOPES)
def test_no_scope_brings_a_claim_into_the_access_token(portal: Portal, browser: HttpBrowser, whole: Person, scope: str):
    tokens = given(portal, browser, scope)

    told = portal.verified(tokens.access)
    assert told.keys() == {
        *("iss", "sub", "aud", "client_id", "scope", "iat", "exp", "jti"),
        *("acr", "auth_time", "access_level", "gid"),
    }
    assert told["scope"] == (scope if scope == "openid" else f"openid {scope}")


def test_the_values_are_the_persons_own(portal: Portal, browser: HttpBrowser, whole: Person, provider: Provider):
    told = portal.userinfo(given(portal, browser, "profile email phone"))

    updated_at = told.pop("updated_at")
    assert updated_at == int(provider.city.at.timestamp())
    assert told == {
        "sub": whole.account_id,
        "acr": "simplified",
        "access_level": "simplified",
        "family_name": "Иванова",
        "given_name": "Анна",
        "middle_name": "Петровна",
        "name": "Иванова Анна Петровна",
        "preferred_username": f"anna-{whole.account_id[:8]}",
        "gender": "female",
        "birthdate": "1980-05-17",
        "locale": "ru",
        "email": whole.login,
        "email_verified": True,
        "phone_number": "+79001234567",
        "phone_number_verified": True,
    }


def test_consents_tell_what_was_given_when_and_what_was_taken_back(
    portal: Portal, browser: HttpBrowser, provider: Provider
):
    person = Person(provider.person())
    at = give_consents(provider, person.account_id)

    portal.signed_in(browser, person)
    told = portal.userinfo(given(portal, browser, "consents"))

    kept = {"given": True, "at": at.isoformat()}
    assert told["consents"] == {
        **dict.fromkeys(("service_progress", "service_use", "subordinate_news", "mobile_platform"), kept),
        "city_news": {"given": False, "at": (at + timedelta(hours=1)).isoformat()},
    }
    assert told["notice_channels"] == ["email", "sms"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [({"confirmed_at": None}, "nothing"), ({"outdated_at": utc_now()}, "nothing"), ({}, "told")],
    ids=["unconfirmed", "outdated", "confirmed"],
)
def test_only_a_confirmed_contact_that_is_current_is_told(
    portal: Portal, browser: HttpBrowser, provider: Provider, state: dict[str, Any], expected: str
):
    person = Person(provider.person())
    where = (ContactRow.account_id == person.account_id, ContactRow.kind == "phone")
    if state:
        provider.flows.database.run(update(ContactRow).where(*where).values(**state))

    portal.signed_in(browser, person)
    told = portal.userinfo(given(portal, browser, "phone consents"))

    assert ("phone_number" in told) == ("phone_number_verified" in told) == (expected == "told")
    assert ("sms" in told["notice_channels"]) == (expected == "told")


def test_offline_access_is_granted_with_a_refresh_token_to_who_may_have_one(
    provider: Provider, http: httpx.Client, browser: HttpBrowser, whole: Person, portal: Portal
):
    assert "refresh_token" in given(portal, browser, "offline_access").answer
    kiosk = Portal.register(provider, http, grant_types=["authorization_code"], scope="openid profile")

    tokens = kiosk.redeem(kiosk.silently(browser, scope="openid offline_access"))

    assert tokens.answer["scope"] == "openid" and "refresh_token" not in tokens.answer


def test_without_openid_there_is_no_id_token_and_userinfo_says_why(portal: Portal, browser: HttpBrowser, whole: Person):
    answered = portal.silently(browser, scope="profile", nonce=None)
    answer = portal.exchange(answered["code"]).json()

    assert "id_token" not in answer and portal.verified(answer["access_token"])["scope"] == "profile"
    refused = portal.http.get(
        portal.metadata["userinfo_endpoint"], headers={"Authorization": f"Bearer {answer['access_token']}"}
    )
    assert refused.status_code == 403 and 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]


def test_what_a_client_is_not_registered_for_it_does_not_get(
    provider: Provider, http: httpx.Client, browser: HttpBrowser, whole: Person
):
    narrow = Portal.register(provider, http, scope="openid email", grant_types=["authorization_code"])
    tokens = narrow.redeem(narrow.silently(browser, scope="openid email phone profile snils"))

    assert tokens.answer["scope"] == "openid email"
    assert narrow.userinfo(tokens).keys() == ALWAYS_AT_USERINFO | {"email", "email_verified"}


@pytest.mark.parametrize("name", ["address", "document", "addresses", "organisation"])
def test_a_scope_without_its_data_is_not_supported_yet(portal: Portal, name: str):
    assert name not in portal.metadata["scopes_supported"]


def test_what_discovery_lists_is_what_the_table_brings(portal: Portal):
    assert portal.metadata["scopes_supported"] == SCOPES
    brought = ALWAYS_IN_ID_TOKEN.union(*(claims for row in TABLE.values() for claims in row))
    assert set(portal.metadata["claims_supported"]) == brought | {"verified_claims"}
