"""The fund's twin over real HTTP, asked by the production adapter; its page, its button, its signed answers."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from werkzeug.serving import make_server

from demo.fund.keys import fund_key, public_keys, signed
from demo.fund.records import Records
from demo.fund.site import FundSite
from idp.accounts.account import Gender, Name
from idp.assurance.identifiers import Snils
from idp.assurance.registries.pension_fund import PensionFund
from idp.assurance.registries.registry import Person, Verdict
from idp.kernel.http import Partner
from idp.keys.foreign import ForeignKeys
from idp.keys.key_ring import BadToken

BORN = date(1980, 5, 17)
ANNA = Person(Name("Белова", "Анна", "Сергеевна"), BORN, Gender.FEMALE, Snils.parse("112-233-445 95"))
MARIA = Person(Name("Кузнецова", "Мария", "Ильинична"), date(1991, 2, 28), Gender.FEMALE, Snils.parse("305-518-264 50"))
VERA = Person(Name("Орлова", "Вера", "Андреевна"), date(1968, 12, 30), Gender.FEMALE, Snils.parse("528-316-047 78"))
OLEG = Person(Name("Кузнецов", "Олег", "Денисович"), date(1989, 8, 12), Gender.MALE, Snils.parse("417-092-653 76"))


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    kept = Records(tmp_path / "fund.db")
    yield kept
    kept.close()


@pytest.fixture
def site(records: Records, tmp_path: Path) -> FundSite:
    return FundSite(records, "token", fund_key(tmp_path), "http://127.0.0.1:9", "https://id.test")


@pytest.fixture
def fund(site: FundSite) -> Iterator[PensionFund]:
    server = make_server("127.0.0.1", 0, site.app(), threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    partner = Partner(5)
    yield PensionFund(f"http://127.0.0.1:{server.server_port}", "token", partner.call)
    partner.close()
    server.shutdown()
    server.server_close()


def test_everybody_is_answered_as_the_records_say(fund: PensionFund, records: Records) -> None:
    matched = fund.ask(str(uuid4()), ANNA, 5)
    assert matched.verdict is Verdict.MATCH and matched.reference.startswith("SFR-")
    other = Person(ANNA.name, date(1980, 5, 18), ANNA.gender, ANNA.snils)
    assert fund.ask(str(uuid4()), other, 5).verdict is Verdict.MISMATCH
    nobody = Person(ANNA.name, BORN, ANNA.gender, Snils.parse("900-000-059 00"))
    assert fund.ask(str(uuid4()), nobody, 5).verdict is Verdict.UNKNOWN
    assert fund.ask(str(uuid4()), VERA, 5).verdict is Verdict.UNAVAILABLE
    assert fund.ask(str(uuid4()), OLEG, 5).verdict is Verdict.PENDING


def test_the_same_number_is_the_same_question_and_the_button_answers_it(
    fund: PensionFund, records: Records, site: FundSite
) -> None:
    request_id = str(uuid4())
    asked = [fund.ask(request_id, MARIA, 5) for _ in range(3)]
    assert {answer.ticket for answer in asked} == {asked[0].ticket} and len(records.questions()) == 1
    assert fund.poll(request_id, asked[0].ticket, 5).verdict is Verdict.PENDING
    pressed = site.app().test_client().post("/answer", data={"ticket": asked[0].ticket})
    assert pressed.headers["Location"].endswith("/?done=unheard")
    assert fund.poll(request_id, asked[0].ticket, 5).verdict is Verdict.MATCH
    assert fund.poll(request_id, "nothing", 5).forgotten


def test_whoever_has_no_token_or_asks_otherwise_is_told_nothing(site: FundSite) -> None:
    web = site.app().test_client()
    path = "/v1/pension-fund/snils-validations"
    assert web.post(path, json={}).status_code == 401
    known = {"Authorization": "Bearer token"}
    for body in ({}, [], {"requestId": "1"}):
        assert web.post(path, json=body, headers=known).status_code == 400


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_page_shows_the_people_and_takes_a_new_one(site: FundSite, records: Records, language: str) -> None:
    web = site.app().test_client()
    new = {"family_name": "Ёлкина", "given_name": "Яна", "birthdate": "2000-01-01", "gender": "Female"}
    web.post("/records", data={**new, "snils": "633-150-928 68", "answers": "at_once"})
    page = web.get("/", headers={"Accept-Language": language}).text
    assert "633-150-928 68" in page and "112-233-445 95" in page
    assert web.post("/records", data=new).headers["Location"].endswith("faulty")


def test_its_answers_are_signed_by_a_key_of_the_file_for_the_provider(tmp_path: Path) -> None:
    key = fund_key(tmp_path)
    keys = ForeignKeys.read(public_keys(tmp_path))
    assert "d" not in json.loads(public_keys(tmp_path).read_text())["keys"][0]
    token = signed(key, {"requestId": "1"})
    assert keys.verify(token, "registry-answer+jwt") == {"requestId": "1"}
    with pytest.raises(BadToken):
        keys.verify(token, "JWT")
    with pytest.raises(BadToken):
        keys.verify(token[:-4] + "AAAA", "registry-answer+jwt")
