"""Claims: each has one scope, each scope's claims exist, and what is not known is left out."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from idp.accounts.consent import Consent, ConsentKind
from idp.protocol.claims import CLAIMS
from idp.protocol.scopes import CLAIMS_OF, SCOPE_OF, SUPPORTED, join, parse
from idp.store.consents import Consents
from idp.store.tables.accounts import ContactRow
from tests.city import PERSON


def test_every_claim_of_every_scope_can_be_made():
    assert set(SCOPE_OF) == set(CLAIMS)
    assert sum(len(claims) for claims in CLAIMS_OF.values()) == len(CLAIMS)


def test_scopes_in_any_order_are_the_same():
    assert parse("email  openid profile") == parse("profile openid email")
    assert join({"zoo:feed", "email", "openid"}) == "openid email zoo:feed"
    assert SUPPORTED[0] == "openid"


def userinfo(town, *scopes):
    grant = town.grant(scope=frozenset({"openid", *scopes}))
    return town.userinfo(town.exchange(town.code(grant)).json["access_token"]).json


def test_the_latest_word_on_each_consent_is_told(town, clock):
    consents = Consents(town.flows.database)
    for given, minutes in ((True, 0), (False, 5)):
        at = town.at + timedelta(minutes=minutes)
        consents.add(PERSON, Consent(ConsentKind.CITY_NEWS, given, at, "1"))
    consents.add(PERSON, Consent(ConsentKind.SERVICE_USE, True, town.at, "1"))

    told = userinfo(town, "consents")
    assert told["consents"] == {
        "city_news": {"given": False, "at": "2026-11-24T12:04:00+00:00"},
        "service_use": {"given": True, "at": "2026-11-24T11:59:00+00:00"},
    }
    assert told["notice_channels"] == ["email", "sms"]


@pytest.mark.parametrize("scope", [scope for scope in SUPPORTED if CLAIMS_OF[scope]])
def test_no_claim_is_null_or_empty(town, scope):
    town.erase_contacts()

    assert all(value not in (None, "", [], {}) for value in userinfo(town, scope).values())


def test_a_contact_flagged_outdated_is_not_released(town):
    town.flows.database.run(update(ContactRow).values(outdated_at=town.at))

    told = userinfo(town, "email", "phone")
    assert not {"email", "email_verified", "phone_number", "phone_number_verified"} & told.keys()
