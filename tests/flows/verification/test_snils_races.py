"""Answers that come at the same moment, on both kinds of database: one account gets a number, the other is told."""

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlalchemy import text

from idp.assurance.identifiers import SNILS
from idp.assurance.levels import standing
from idp.assurance.registries.question import Outcome
from idp.flows.account.change import DataForm
from idp.flows.logout import Told
from idp.kernel.refusal import Refused
from idp.kernel.settings import Database as DatabaseSettings
from idp.kernel.settings import Settings
from idp.wiring import build
from tests.city import City
from tests.conftest import StillClock
from tests.flows.account.people import PASSWORD, Anna
from tests.flows.verification.fund import MATCH, PENDING, ask, behind


@pytest.fixture
def town(
    settings: Settings, database_url: str, key_folder: Path, tmp_path: Path, clock: StillClock
) -> Iterator[tuple[Anna, Anna]]:
    shutil.copytree(key_folder, tmp_path / "keys")
    flows = build(replace(settings, database=DatabaseSettings(url=database_url)), clock)
    behind(flows).says = PENDING
    city = City(flows)
    yield Anna.settled(city), Anna.settled(city, "boris", "+79007654321")
    flows.close()


def at_once(*acts):
    gate = Barrier(len(acts))

    def one(act):
        gate.wait(30)
        try:
            return act()
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def level(person: Anna) -> str:
    stands = standing(person.flows.evidence.of(person.account_id), person.flows.now())
    assert stands is not None
    return stands.level.value


def test_two_accounts_race_for_one_number_and_the_loser_is_told(town: tuple[Anna, Anna]) -> None:
    anna, boris = town
    settle = anna.flows.verifications.ask_for_snils.settle
    asked = [ask(person) for person in town]
    closed = at_once(*(lambda question=question: settle(question, MATCH) for question in asked))

    assert sorted(question.outcome for question in closed) == [Outcome.MATCH, Outcome.TAKEN]
    winner, loser = (anna, boris) if closed[0].outcome is Outcome.MATCH else (boris, anna)
    assert (level(winner), level(loser)) == ("standard", "simplified")
    assert "snils_claimed" in winner.notices() and "snils_taken" in loser.notices()


def test_of_eight_equal_answers_at_once_one_acts(town: tuple[Anna, Anna]) -> None:
    anna, _ = town
    question, settle = ask(anna), anna.flows.verifications.ask_for_snils.settle
    at_once(*[lambda: settle(question, MATCH)] * 8)
    assert level(anna) == "standard" and anna.notices().count("snils_match") == 1
    assert anna.events().count("level.granted") == 1 and anna.events().count("snils.answer_ignored") == 7


@pytest.mark.parametrize("turn", range(4))
def test_a_name_that_is_changed_while_the_answer_comes_never_stands_on_the_old_match(
    town: tuple[Anna, Anna], turn: int
) -> None:
    anna, _ = town
    question, account = ask(anna), anna.account
    form = DataForm("Белова", account.name.given, account.name.middle, "1980-05-17", "female", "ru")
    settle, change = anna.flows.verifications.ask_for_snils.settle, anna.flows.people.change_data
    acts = (lambda: settle(question, MATCH), lambda: change(account, form))
    answers = at_once(*(acts if turn % 2 else reversed(acts)))

    if anna.account.name.family == "Белова":
        assert level(anna) == "simplified" and "snils.answer_ignored" in anna.events()
    else:
        assert level(anna) == "standard" and "data.lowers" in answers


def test_an_account_that_is_closed_while_a_match_is_acted_on_waits_for_it(town: tuple[Anna, Anna]) -> None:
    """Both take the question before the account; in two orders each would wait for the other."""
    anna, _ = town
    question, settle = ask(anna), anna.flows.verifications.ask_for_snils.settle
    account, personal_data = anna.account, settle.personal_data

    class Meanwhile:
        def hold(self, *kept) -> None:
            closing.append(pool.submit(anna.flows.people.close_account, account, PASSWORD))
            until_it_waits(anna, closing[0])
            personal_data.hold(*kept)

    closing = []
    object.__setattr__(settle, "personal_data", Meanwhile())
    with ThreadPoolExecutor(1) as pool:
        assert settle(question, MATCH).outcome is Outcome.MATCH
        assert closing[0].result(30) == []

    assert anna.account.closed_at is not None and anna.events().count("account.closed") == 1
    assert anna.flows.verifications.questions.history("anna") == [] and personal_data.of("anna", SNILS) is None


def until_it_waits(anna: Anna, act: Future[list[Told]]) -> None:
    """Return once PostgreSQL lets it wait for us; on SQLite whoever writes second waits anyway."""
    database = anna.flows.database
    while not (database.is_sqlite or act.done()) and not database.rows(
        text("SELECT 1 FROM pg_locks WHERE NOT granted")
    ):
        Event().wait(0.01)
