"""What the gateway's documents say, and that whatever isn't exactly an answer is none (STD-15)."""

import json
from datetime import date
from typing import Any

import jsonschema_rs
import pytest

from idp.accounts.account import Gender, Name
from idp.assurance.identifiers import Snils
from idp.assurance.registries.pension_fund import PensionFund, read_answer
from idp.assurance.registries.registry import Answer, Person, Verdict
from tests.house import ROOT

DOCUMENT = json.loads((ROOT / "docs/gateway.openapi.json").read_text(encoding="utf-8"))
SNILS = Snils.parse("112-233-445 95")
REQUEST = "0f2a8c5e-0d6f-4a36-9a0c-3f8f5b9c1d22"
DONE = {"requestId": "r", "ticket": "t-1", "reference": "SFR-17"}


class Gateway:
    def __init__(self, status: int = 200, document: Any = None, dead: bool = False) -> None:
        self.answer, self.dead, self.calls = (status, document), dead, []

    def __call__(self, *call: Any) -> tuple[int, Any]:
        self.calls.append(call)
        if self.dead:
            raise OSError("ConnectTimeout")
        return self.answer


@pytest.mark.parametrize(
    "name",
    [
        Name("Ёлкина-Семёнова", "Анна-Мария", "Петровна"),
        Name("Нгуен", "Нгуен"),
        Name("Д’Артаньян", "Шарль", ""),
        Name("Я" * 60, "Ё" * 60, "Ж" * 60),
    ],
)
def test_the_question_is_what_the_document_wants_field_for_field(name: Name) -> None:
    gateway = Gateway(202, {"requestId": REQUEST, "ticket": "t-1", "status": "accepted", "pollAfterSeconds": 3})
    person = Person(name, date(1980, 5, 17), Gender.FEMALE, SNILS)
    answer = PensionFund("https://gateway.test/", "secret", gateway).ask(REQUEST, person, 2)

    assert answer == Answer(Verdict.PENDING, ticket="t-1", after=3)
    [(method, url, body, headers, seconds)] = gateway.calls
    assert (method, url, seconds) == ("POST", "https://gateway.test/v1/pension-fund/snils-validations", 2)
    assert headers["Idempotency-Key"] == REQUEST and headers["Authorization"] == "Bearer secret"
    jsonschema_rs.validate({**DOCUMENT, "$ref": "#/components/schemas/SnilsValidation"}, body)
    assert ("patronymic" in body) is bool(name.middle) and body["familyName"] == name.family


def test_with_a_certificate_alone_no_token_is_shown() -> None:
    gateway = Gateway(404, None)
    answer = PensionFund("https://gateway.test", "", gateway).poll("r", "t-1", 2)
    assert answer.forgotten and "Authorization" not in gateway.calls[0][3]


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        ({**DONE, "status": "completed", "result": True}, Verdict.MATCH),
        ({**DONE, "status": "completed", "result": False}, Verdict.MISMATCH),
        ({**DONE, "status": "rejected", "rejectionCode": "NO_DATA"}, Verdict.UNKNOWN),
        ({**DONE, "status": "accepted"}, Verdict.PENDING),
        ({**DONE, "status": "rejected", "rejectionCode": "FAILURE"}, Verdict.UNAVAILABLE),
        ({**DONE, "status": "rejected"}, Verdict.UNAVAILABLE),
        ({**DONE, "status": "completed"}, Verdict.UNAVAILABLE),
        ({**DONE, "status": "completed", "result": "true"}, Verdict.UNAVAILABLE),
        ({**DONE, "status": "completed", "result": 1}, Verdict.UNAVAILABLE),
        ({**DONE, "status": "completed", "result": 0}, Verdict.UNAVAILABLE),
        ({**DONE, "status": "completed", "result": None}, Verdict.UNAVAILABLE),
        ({**DONE, "status": "completed", "result": True, "reference": ""}, Verdict.UNAVAILABLE),
        ({**DONE, "status": "completed", "result": True, "reference": "a b"}, Verdict.UNAVAILABLE),
        ({**DONE, "status": "completed", "result": True, "reference": 17}, Verdict.UNAVAILABLE),
        ({**DONE, "status": "accepted", "ticket": ""}, Verdict.UNAVAILABLE),
        ({**DONE, "status": "accepted", "ticket": "../../admin"}, Verdict.UNAVAILABLE),
        ({**DONE, "status": "accepted", "ticket": "t" * 201}, Verdict.UNAVAILABLE),
        ({"result": True}, Verdict.UNAVAILABLE),
        ([True], Verdict.UNAVAILABLE),
        ("true", Verdict.UNAVAILABLE),
        (True, Verdict.UNAVAILABLE),
        (None, Verdict.UNAVAILABLE),
    ],
)
def test_only_an_exact_answer_is_one(document: Any, verdict: Verdict) -> None:
    assert read_answer(document).verdict is verdict


@pytest.mark.parametrize("after", [-1, 1e9, "5", True, None])
def test_a_senseless_wish_to_be_left_alone_is_passed_over(after: Any) -> None:
    assert read_answer({**DONE, "status": "accepted", "pollAfterSeconds": after}).after == 0


@pytest.mark.parametrize("status", [201, 204, 301, 400, 401, 403, 404, 409, 429, 500, 502, 503])
def test_every_other_status_says_nothing_about_the_person(status: int) -> None:
    gateway = Gateway(status, {**DONE, "status": "completed", "result": True})
    person = Person(Name("Иванова", "Анна"), date(1980, 5, 17), Gender.FEMALE, SNILS)
    answer = PensionFund("https://gateway.test", "", gateway).ask("r", person, 2)
    assert answer.verdict is Verdict.UNAVAILABLE and answer.line_dead is (status >= 500 or status == 429)


def test_a_dead_line_is_an_answer() -> None:
    answer = PensionFund("https://gateway.test", "", Gateway(dead=True)).poll("r", "t-1", 2)
    assert answer == Answer(Verdict.UNAVAILABLE, why="ConnectTimeout", line_dead=True)


def test_an_answer_about_another_question_is_none() -> None:
    gateway = Gateway(200, {**DONE, "requestId": "another", "status": "completed", "result": True})
    assert PensionFund("https://gateway.test", "", gateway).poll("r", "t-1", 2).verdict is Verdict.UNAVAILABLE
