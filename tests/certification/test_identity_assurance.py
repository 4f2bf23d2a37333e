"""Certification 1.11: ``ekyc-test-plan-oidccore``, line by line, over real HTTP.

Each request is held against the schema of requests, each answer against that of answers, against the request, and
against the provider's metadata; nothing unasked may be told.
"""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest

from tests.certification.assurance_schemas import ANSWER, REQUEST
from tests.certification.portal import Person, Portal
from tests.provider import HttpBrowser, Provider
from tests.visitor import text

NAMES = {"family_name": "Иванова", "given_name": "Анна"}
FRAMEWORK = "ru_moscow_23pp"
RECORD = {"type": {"value": "electronic_record"}}
MEMBERS = ("userinfo", "id_token")


@pytest.fixture(scope="module")
def verified(provider: Provider) -> Person:
    return Person(provider.person(levels=("email", "pension_fund")))


@pytest.fixture(scope="module")
def signed_in(provider: Provider, http: httpx.Client, verified: Person) -> Iterator[HttpBrowser]:
    browser = HttpBrowser(provider.address)
    portal = Portal.register(provider, http)
    portal.signed_in(browser, verified)
    yield browser
    browser.http.close()


@pytest.fixture(scope="module")
def party(provider: Provider, http: httpx.Client) -> Portal:
    return Portal.register(provider, http)


def wish(claims: Any = None, **verification: Any) -> dict[str, Any]:
    return {"verification": {"trust_framework": None, **verification}, "claims": claims or {"given_name": None}}


def told(portal: Portal, browser: HttpBrowser, asked: Any, *members: str) -> dict[str, Any]:
    """Ask for this in these members, and return what each told; what came is checked whole."""
    members = members or ("userinfo",)
    for one in asked if isinstance(asked, list) else [asked]:
        jsonschema_rs.validate(REQUEST, one)
    request = json.dumps({member: {"verified_claims": asked} for member in members})
    tokens = portal.redeem(portal.silently(browser, claims=request, scope="openid"))
    found = {"id_token": tokens.claims, "userinfo": portal.userinfo(tokens)}
    for member, document in found.items():
        if "verified_claims" in document:
            assert member in members, f"{member} was not asked"
            require_fit(portal, asked, document["verified_claims"])
    return {member: document.get("verified_claims") for member, document in found.items()}


def require_fit(portal: Portal, asked: Any, answered: Any) -> None:
    jsonschema_rs.validate(ANSWER, answered)
    assert isinstance(answered, list) == isinstance(asked, list)
    wishes, answers = (x if isinstance(x, list) else [x] for x in (asked, answered))
    known = portal.metadata
    for one in answers:
        assert one["claims"].keys() <= set(known["claims_in_verified_claims_supported"])
        assert one["verification"]["trust_framework"] in known["trust_frameworks_supported"]
        assert any(one["claims"].keys() <= item["claims"].keys() for item in wishes)
        assert any(one["verification"].keys() <= item["verification"].keys() for item in wishes)
        for evidence in one["verification"].get("evidence", []):
            assert evidence["type"] in known["evidence_supported"]
            if "record" in evidence:
                assert evidence["record"]["type"] in known["electronic_records_supported"]


def test_the_metadata_lists_are_valid(party: Portal):
    known = party.metadata

    assert known["verified_claims_supported"] is True and known["claims_parameter_supported"] is True
    assert known["trust_frameworks_supported"] == [FRAMEWORK]
    assert known["evidence_supported"] == ["electronic_record"]
    assert known["electronic_records_supported"] == ["social_security"]
    # Needed only where documents are evidence.
    assert not {"documents_supported", "documents_methods_supported"} & known.keys()
    assert {"family_name", "given_name", "middle_name", "birthdate"} <= set(
        known["claims_in_verified_claims_supported"]
    )
    assert "verified_claims" in known["claims_supported"]


@pytest.mark.parametrize("leaf", [None, {}, {"essential": False}, {"essential": True}])
def test_happypath_emptyobject_essentialfalse(party: Portal, signed_in: HttpBrowser, leaf: Any):
    asked = wish({"given_name": leaf}, trust_framework=leaf)

    assert told(party, signed_in, asked)["userinfo"] == {
        "verification": {"trust_framework": FRAMEWORK},
        "claims": {"given_name": "Анна"},
    }


@pytest.mark.parametrize("leaf", [None, {"essential": True}])
@pytest.mark.parametrize("name", ["no_such_claim", "çl@im/%00 \"'<>", "email", "address"])
def test_unknown_claim_omitted_essential_and_specialchars_too(party: Portal, signed_in: HttpBrowser, name: str, leaf):
    """``email`` is a claim of ours, but nobody verified it by this evidence."""
    asked = wish({"given_name": None, name: leaf})

    assert told(party, signed_in, asked)["userinfo"]["claims"] == {"given_name": "Анна"}
    assert told(party, signed_in, wish({name: leaf}))["userinfo"] is None


def test_one_claim_with_random_value_omitted(party: Portal, signed_in: HttpBrowser):
    asked = wish({"given_name": {"value": "q7x-random"}, "family_name": {"values": ["Петрова", "Иванова"]}})

    assert told(party, signed_in, asked)["userinfo"]["claims"] == {"family_name": "Иванова"}
    assert told(party, signed_in, wish({"given_name": {"value": "q7x-random"}}))["userinfo"] is None


@pytest.mark.parametrize("member", MEMBERS)
def test_request_only_in_idtoken_request_only_in_userinfo(party: Portal, signed_in: HttpBrowser, member: str):
    [other] = {*MEMBERS} - {member}

    found = told(party, signed_in, wish(), member)

    assert found[member]["claims"] == {"given_name": "Анна"} and found[other] is None


def test_both_places_at_once(party: Portal, signed_in: HttpBrowser):
    found = told(party, signed_in, wish(dict.fromkeys(NAMES)), *MEMBERS)

    assert found["userinfo"] == found["id_token"] and found["userinfo"]["claims"] == NAMES


WHOLE = {
    "time": None,
    "assurance_level": None,
    "verification_process": None,
    "evidence": [
        {
            **RECORD,
            "time": None,
            "check_details": [{"check_method": None, "organization": None, "check_id": None, "time": None}],
            "record": {"type": None, "source": {"name": None, "country_code": None}},
        }
    ],
}


def test_testuserprovidedrequest_testbasedonuserinfo_defaults(
    party: Portal, signed_in: HttpBrowser, provider: Provider
):
    """The whole: who was verified, by what evidence, when, by whom."""
    birthdate = {"birthdate": None, "middle_name": None, "gender": None}

    found = told(party, signed_in, wish({**dict.fromkeys(NAMES), **birthdate}, **WHOLE))["userinfo"]

    at = provider.city.at.isoformat(timespec="seconds").replace("+00:00", "Z")
    checked = {"check_method": "data", "organization": "Социальный фонд России", "check_id": "test", "time": at}
    source = {"name": "Социальный фонд России", "country_code": "RUS"}
    assert found == {
        "verification": {
            "trust_framework": FRAMEWORK,
            "assurance_level": "standard",
            "time": at,
            "verification_process": "test",
            "evidence": [
                {
                    "type": "electronic_record",
                    "check_details": [checked],
                    "time": at,
                    "record": {"type": "social_security", "source": source},
                }
            ],
        },
        "claims": {**NAMES, "middle_name": "Петровна", "birthdate": "1980-05-17", "gender": "female"},
    }


def test_userinfo_notfoundinop(party: Portal, browser: HttpBrowser, person: Person):
    """Nobody verified this person: nothing is told, and that is no error."""
    request = json.dumps({"userinfo": {"verified_claims": wish()}})
    tokens = party.redeem(party.signed_in(browser, person, claims=request))

    assert "verified_claims" not in party.userinfo(tokens)


MATCHES: list[tuple[dict[str, Any], bool]] = [
    ({"trust_framework": {"value": FRAMEWORK}}, True),
    ({"trust_framework": {"values": ["gold", FRAMEWORK]}}, True),
    ({"trust_framework": {"value": "eidas"}}, False),
    ({"assurance_level": {"values": ["full", "standard"]}}, True),
    ({"assurance_level": {"value": "full"}}, False),
    ({"time": {"max_age": 63_113_852}}, True),
    ({"time": {"max_age": 0}}, False),
    ({"evidence": [RECORD]}, True),
    ({"evidence": [{"type": {"value": "document"}}, RECORD]}, True),
    ({"evidence": [{"type": {"value": "document"}}]}, False),
    ({"evidence": [{**RECORD, "check_details": [{"check_method": {"values": ["vpip", "data"]}}]}]}, True),
    ({"evidence": [{**RECORD, "check_details": [{"check_method": {"value": "vpip"}}]}]}, False),
    ({"evidence": [{**RECORD, "record": {"type": {"value": "social_security"}}}]}, True),
    ({"evidence": [{**RECORD, "record": {"type": {"value": "tax"}}}]}, False),
    # What isn't known at all can't fulfil a requirement; unasked of its value it is left out.
    ({"evidence": [{**RECORD, "record": {"created_at": {"max_age": 9}}}]}, False),
    ({"evidence": [{**RECORD, "record": {"created_at": None}}]}, True),
]


@pytest.mark.parametrize(("verification", "fits"), MATCHES)
def test_the_answer_matches_the_request_or_is_left_out_whole(
    party: Portal, signed_in: HttpBrowser, verification: dict[str, Any], fits: bool
):
    found = told(party, signed_in, wish(**verification))["userinfo"]

    assert (found is not None) is fits
    if found and "evidence" in verification:
        assert found["verification"]["evidence"][0]["type"] == "electronic_record"


def test_several_requests_are_answered_each_for_itself(party: Portal, signed_in: HttpBrowser):
    asked = [wish(trust_framework={"value": "gold"}), wish({"family_name": None}), wish({"birthdate": None}, time=None)]

    found = told(party, signed_in, asked)["userinfo"]

    assert [one["claims"] for one in found] == [{"family_name": "Иванова"}, {"birthdate": "1980-05-17"}]
    assert [sorted(one["verification"]) for one in found] == [["trust_framework"], ["time", "trust_framework"]]


MALFORMED: list[Any] = [
    None,
    "yes",
    [],
    {},
    {"verification": {}},
    {"verification": None, "claims": {"given_name": None}},
    {"verification": {"trust_framework": "x"}, "claims": {"given_name": None}},
    {"verification": {}, "claims": {"given_name": "Анна"}},
    {"verification": {}, "claims": {"given_name": {"values": "Анна"}}},
    {"verification": {"time": {"max_age": "old"}}, "claims": {"given_name": None}},
    {"verification": {"time": {"max_age": True}}, "claims": {"given_name": None}},
    {"verification": {"evidence": []}, "claims": {"given_name": None}},
    {"verification": {"evidence": [{"type": {"values": ["electronic_record"]}}]}, "claims": {"given_name": None}},
    {"verification": {"evidence": [{"type": None}]}, "claims": {"given_name": None}},
    {"verification": json.loads('{"a":' * 40 + "null" + "}" * 40), "claims": {"given_name": None}},
]


@pytest.mark.parametrize("asked", MALFORMED, ids=lambda asked: json.dumps(asked, ensure_ascii=False)[:60])
def test_what_is_no_request_is_refused(party: Portal, signed_in: HttpBrowser, asked: Any):
    request = json.dumps({"userinfo": {"verified_claims": asked}})

    assert party.silently(signed_in, claims=request)["error"] == "invalid_request"


def test_a_client_gets_no_claim_that_it_is_not_registered_for(provider: Provider, http, signed_in: HttpBrowser):
    narrow = Portal.register(provider, http, scope="openid email")

    assert told(narrow, signed_in, wish(dict.fromkeys(NAMES)))["userinfo"] is None


def test_who_is_no_longer_verified_is_told_of_no_more(party: Portal, provider: Provider, browser: HttpBrowser):
    person = Person(provider.person(levels=("email", "pension_fund")))
    request = json.dumps({"userinfo": {"verified_claims": wish()}, "id_token": {"verified_claims": wish()}})
    tokens = party.redeem(party.signed_in(browser, person, claims=request, acr_values="simplified"))
    assert "verified_claims" in party.userinfo(tokens) and "verified_claims" in tokens.claims

    provider.city.disprove("pension_fund", person.account_id)

    assert "verified_claims" not in party.userinfo(tokens)
    assert "verified_claims" not in party.read(party.refresh(tokens.refresh)).claims


def test_people_are_asked_before_another_than_the_citys_own_portal_is_told(provider: Provider, http, browser, verified):
    guest = Portal.register(provider, http, first_party=False)
    request = json.dumps({"userinfo": {"verified_claims": wish({"birthdate": None})}})

    page = browser.follow(browser.sign_in(guest.ask(browser, claims=request), verified.login))

    assert "date of birth" in text(page) and "who checked you, when and by which records" in text(page)
