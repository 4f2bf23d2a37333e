"""Questions to registries: one open of each person, leased to one, closed once, forgotten when closed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from idp.accounts.account import Gender, Name
from idp.assurance.identifiers import Snils
from idp.assurance.registries.question import PENSION_FUND, Outcome, Question
from idp.assurance.registries.registry import Person
from idp.kernel.ids import new_id
from idp.keys.data_keys import DataKeys
from idp.keys.folder import Folder
from idp.store.database import Conflict, Database
from idp.store.questions import Questions
from idp.store.tables.assurance import RegistryQuestionRow
from tests.conftest import StillClock
from tests.racers import EVERYBODY
from tests.store.test_personal_data import somebody

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
PERSON = Person(Name("Иванова-Ёлкина", "Анна", ""), date(1980, 5, 17), Gender.FEMALE, Snils.parse("112-233-445 95"))


def question(account_id: str = "anna", **changes: object) -> Question:
    made = Question(new_id(), account_id, PENSION_FUND, new_id(), AT, AT, PERSON)
    return replace(made, **changes)


@pytest.fixture
def questions(database: Database, clock: StillClock, tmp_path: Path, anna: str) -> Questions:
    keys = DataKeys(Folder(tmp_path / "keys"), clock)
    keys.prepare()
    return Questions(database, keys)


def test_what_is_asked_about_comes_back_as_it_was_and_is_unreadable_at_rest(questions: Questions) -> None:
    asked = question()
    questions.open(asked)
    assert questions.present("anna", PENSION_FUND) == asked == questions.by_request(asked.request_id)
    [row] = questions.database.rows(select(RegistryQuestionRow.sealed))
    assert "Иванова" not in row.sealed and "11223344595" not in row.sealed


def test_a_person_has_one_open_question_and_may_ask_again_after_it(questions: Questions) -> None:
    first = question()
    questions.open(first)
    with pytest.raises(Conflict):
        questions.open(question())
    assert questions.close(first.id, Outcome.MISMATCH, "sfr-1", AT)
    questions.open(question())


def test_it_closes_once_and_forgets_what_was_asked_about(questions: Questions) -> None:
    asked = question()
    questions.open(asked)
    assert questions.close(asked.id, Outcome.UNKNOWN, "sfr-1", AT)
    assert not questions.close(asked.id, Outcome.MATCH, "sfr-2", AT) and not questions.wait(asked)
    kept = questions.latest("anna", PENSION_FUND)
    assert kept is not None and (kept.outcome, kept.reference, kept.person) == (Outcome.UNKNOWN, "sfr-1", None)
    [row] = questions.database.rows(select(RegistryQuestionRow.sealed))
    assert row.sealed == "" and questions.waiting() == 0


def test_what_is_due_is_leased_and_comes_again_when_the_lease_is_over(questions: Questions) -> None:
    questions.open(question(due_at=AT + timedelta(seconds=5)))
    assert questions.due(AT, 10, timedelta(minutes=1)) == []
    later = AT + timedelta(seconds=5)
    [taken] = questions.due(later, 10, timedelta(minutes=1))
    assert taken.attempts == 1 and questions.due(later, 10, timedelta(minutes=1)) == []
    assert len(questions.due(later + timedelta(minutes=1), 10, timedelta(minutes=1))) == 1


def test_a_rotation_reaches_open_questions(questions: Questions) -> None:
    questions.open(question())
    old, newer = questions.keys.current, questions.keys.rotate()
    assert questions.by_key() == {old: 1}
    assert questions.reseal(10) == 1 and questions.by_key() == {newer: 1}
    present = questions.present("anna", PENSION_FUND)
    assert present is not None and present.person == PERSON


def press(database: Database, _: int, keys: str) -> bool:
    try:
        Questions(database, DataKeys(Folder(Path(keys)), StillClock())).open(question())
    except Conflict:
        return False
    return True


def lease(database: Database, _: int, keys: str) -> list[str]:
    mine = Questions(database, DataKeys(Folder(Path(keys)), StillClock()))
    return [item.id for item in mine.due(AT, 3, timedelta(minutes=1))]


def close(database: Database, _: int, keys: str, question_id: str) -> bool:
    mine = Questions(database, DataKeys(Folder(Path(keys)), StillClock()))
    return mine.close(question_id, Outcome.MATCH, "sfr-1", AT)


def test_pressed_in_eight_tabs_of_two_workers_one_question_is_open(
    race, questions: Questions, database_url: str, tmp_path: Path
) -> None:
    folder = str(tmp_path / "keys")
    assert sorted(race(Database, (database_url,), press, folder)) == [False] * (EVERYBODY - 1) + [True]
    asked = questions.present("anna", PENSION_FUND)
    assert asked is not None
    answers = race(Database, (database_url,), close, folder, asked.id)
    assert sorted(answers) == [False] * (EVERYBODY - 1) + [True]


def test_of_eight_jobs_each_question_is_one_jobs(
    race, questions: Questions, database: Database, database_url: str, clock: StillClock, tmp_path: Path
) -> None:
    asked = {question(somebody(database, clock, f"p{number}")) for number in range(20)}
    for item in asked:
        questions.open(item)
    answers = race(Database, (database_url,), lease, str(tmp_path / "keys"))
    taken = [item for batch in answers for item in batch]
    assert len(taken) == len(set(taken)) == 20
