"""A registry that doesn't answer is left alone, and tried by one caller when the pause is over."""

from datetime import date

import pytest

from idp.accounts.account import Gender, Name
from idp.assurance.identifiers import Snils
from idp.assurance.registries.breaker import RESTING, Breaker
from idp.assurance.registries.registry import Answer, Person, Verdict

PERSON = Person(Name("Иванова", "Анна"), date(1980, 5, 17), Gender.FEMALE, Snils.parse("112-233-445 95"))
DEAD = Answer(Verdict.UNAVAILABLE, why="ConnectError", line_dead=True)


class Line:
    """``says`` is what the line answers; ``calls`` how often somebody asked."""

    def __init__(self) -> None:
        self.says, self.calls, self.seconds = DEAD, 0, 0.0

    def ask(self, request_id: str, person: Person, seconds: float) -> Answer:
        self.calls += 1
        return self.says

    def poll(self, request_id: str, ticket: str, seconds: float) -> Answer:
        self.calls += 1
        return self.says


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def breaker(line: Line) -> Breaker:
    return Breaker(line, lambda: line.seconds, failures=3, pause_seconds=30)


def test_after_failures_in_a_row_nobody_calls_until_the_pause_is_over(line: Line, breaker: Breaker) -> None:
    for _ in range(3):
        assert breaker.ask("1", PERSON, 1) == DEAD
    assert breaker.is_open and breaker.poll("1", "t", 1) == RESTING and line.calls == 3

    line.seconds = 31
    assert not breaker.is_open
    assert breaker.poll("1", "t", 1) == DEAD and line.calls == 4
    assert breaker.is_open and breaker.poll("1", "t", 1) == RESTING and line.calls == 4


def test_one_success_closes_it_and_an_answer_without_sense_is_no_dead_line(line: Line, breaker: Breaker) -> None:
    for says in (DEAD, DEAD, Answer(Verdict.UNAVAILABLE, why="garbage"), DEAD, DEAD):
        line.says = says
        breaker.ask("1", PERSON, 1)
    assert not breaker.is_open
    line.says = DEAD
    breaker.ask("1", PERSON, 1)
    line.seconds, line.says = 31, Answer(Verdict.PENDING, ticket="t")
    assert breaker.ask("1", PERSON, 1).verdict is Verdict.PENDING
    assert not breaker.is_open
