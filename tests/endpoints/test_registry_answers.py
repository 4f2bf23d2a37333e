"""The gateway sends an answer by itself: signed, for us, about an open question, or nothing changes."""

import json
from pathlib import Path

import pytest

from demo.fund.keys import fund_key, public_keys, signed
from idp.assurance.levels import Level, standing
from idp.keys.foreign import ForeignKeys
from tests.city import Answer, City
from tests.flows.account.people import PASSWORD, Anna
from tests.flows.verification.fund import PENDING, ask, behind

JOSE = "application/jose"


class Gateway:
    def __init__(self, city: City, folder: Path) -> None:
        self.city, self.key = city, fund_key(folder)
        object.__setattr__(city.flows.verifications.take_answer, "verify", ForeignKeys.read(public_keys(folder)).verify)

    def tells(self, request_id: str, **changes: object) -> Answer:
        claims = {"requestId": request_id, "ticket": "t-1", "reference": "SFR-17", "status": "completed"}
        return self.sends(signed(self.key, {**claims, "aud": "https://id.test", "result": True, **changes}))

    def sends(self, token: str, content_type: str = JOSE) -> Answer:
        return self.city.call("POST", "/registries/answers", token.encode(), content_type=content_type)


@pytest.fixture
def anna(city: City) -> Anna:
    behind(city.flows).says = PENDING
    return Anna.settled(city)


@pytest.fixture
def gateway(city: City, tmp_path: Path) -> Gateway:
    return Gateway(city, tmp_path)


def level(anna: Anna) -> Level:
    stands = standing(anna.flows.evidence.of("anna"), anna.flows.now())
    assert stands is not None
    return stands.level


def test_a_signed_answer_about_an_open_question_acts_once(anna: Anna, gateway: Gateway) -> None:
    request_id = ask(anna).request_id
    assert gateway.tells(request_id).status == 204 and level(anna) is Level.STANDARD
    assert gateway.tells(request_id).status == 204 and gateway.tells(request_id, result=False).status == 204
    assert level(anna) is Level.STANDARD and anna.events().count("snils.answer_ignored") == 2
    assert anna.notices().count("snils_match") == 1


@pytest.mark.parametrize(
    "changes", [{"aud": "https://other.test"}, {"aud": None}, {"aud": ["https://id.test"]}], ids=str
)
def test_an_answer_for_somebody_else_is_refused(anna: Anna, gateway: Gateway, changes: dict[str, object]) -> None:
    assert gateway.tells(ask(anna).request_id, **changes).status == 401
    assert level(anna) is Level.SIMPLIFIED


def test_a_wrong_signature_is_journalled_and_changes_nothing(
    anna: Anna, gateway: Gateway, tmp_path: Path, city: City
) -> None:
    request_id = ask(anna).request_id
    stranger = fund_key(tmp_path / "stranger")
    claims = {"requestId": request_id, "ticket": "t", "reference": "r", "status": "completed", "result": True}
    forged = signed({**stranger, "kid": gateway.key["kid"]}, {**claims, "aud": "https://id.test"})
    for token in (
        forged,
        signed(stranger, claims),
        "",
        "x",
        "a.b.c",
        json.dumps(claims),
        forged.rpartition(".")[0] + ".",
    ):
        assert gateway.sends(token).status == 401
    assert level(anna) is Level.SIMPLIFIED
    kinds = [line.event.kind for line in city.flows.journal.of("", 50)]
    assert kinds.count("snils.answer_refused") == 7


def test_many_wrong_signatures_from_one_address_are_not_even_looked_at(gateway: Gateway, city: City) -> None:
    for _ in range(city.flows.settings.limits.bad_answers_per_address):
        assert gateway.sends("x").status == 401
    assert gateway.sends("x").status == 429


def test_unknown_questions_and_deleted_accounts_are_journalled(anna: Anna, gateway: Gateway, city: City) -> None:
    request_id = ask(anna).request_id
    anna.flows.people.close_account(anna.account, PASSWORD)
    assert gateway.tells(request_id).status == 204 and gateway.tells("never asked").status == 204
    assert city.flows.evidence.of("anna") == []
    ignored = [line.event.details["why"] for line in city.flows.journal.of("", 50)]
    assert ignored.count("unknown") == 2


def test_what_is_no_answer_leaves_the_question_open(anna: Anna, gateway: Gateway) -> None:
    request_id = ask(anna).request_id
    for changes in ({"status": "accepted"}, {"result": "yes"}, {"status": "rejected", "rejectionCode": "FAILURE"}):
        assert gateway.tells(request_id, **changes).status == 204
    assert level(anna) is Level.SIMPLIFIED
    assert anna.flows.verifications.questions.present("anna", "pension_fund") is not None


def test_only_its_media_type_is_taken(gateway: Gateway) -> None:
    assert gateway.sends("x", "application/json").status == 400
