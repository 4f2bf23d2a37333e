"""What a look at pending registry questions costs: a hundred, then a thousand, each once; statements are counted."""

import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import event

from idp.accounts.account import Account, Gender, Name
from idp.assurance.identifiers import Snils, check_digits
from idp.assurance.registries.question import PENSION_FUND, Question
from idp.assurance.registries.registry import Answer, Person, Verdict
from idp.kernel.ids import new_id
from idp.kernel.settings import Database, Keys, Settings, ShortLived
from idp.wiring import Flows, build, prepare

FEW, MANY = 100, 1000
#: A thousand may cost no more than their number: with a little room for the machine's moods.
ROOM = 1.5


class Silent:
    """A fund that always says "later"."""

    def ask(self, request_id: str, person: Person, seconds: float) -> Answer:
        return Answer(Verdict.PENDING, ticket=request_id)

    def poll(self, request_id: str, ticket: str, seconds: float) -> Answer:
        return Answer(Verdict.PENDING, ticket=ticket)


def main() -> bool:
    """Print the costs; return whether they grow no faster than the number."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            database=Database(url=f"sqlite:///{folder}/idp.db"),
            short_lived=ShortLived(url=f"file:{folder}/state.db"),
            keys=Keys(folder=str(Path(folder) / "keys")),
        )
        prepare(settings)
        flows = build(settings)
        try:
            few, statements_few = _look(flows, FEW, 0)
            many, statements_many = _look(flows, MANY, FEW)
        finally:
            flows.close()
    for number, seconds, statements in ((FEW, few, statements_few), (MANY, many, statements_many)):
        each = seconds / number * 1000
        print(f"{number:5} pending: {seconds:.2f} s, {each:.2f} ms and {statements / number:.2f} statements each")
    return many <= few / FEW * MANY * ROOM and statements_many <= statements_few / FEW * MANY * ROOM


def _look(flows: Flows, number: int, after: int) -> tuple[float, int]:
    """Let so many questions be due; return the seconds and statements of one look at them."""
    at = flows.now() - timedelta(seconds=1)
    questions = flows.verifications.questions
    with flows.database.together():
        for row in range(after, after + number):
            who, digits = f"p{row}", f"{200_000_000 + row}"
            person = Person(
                Name("Иванова", "Анна"), date(1980, 5, 17), Gender.FEMALE, Snils(digits + check_digits(digits))
            )
            flows.accounts.open(Account(who, f"{who}@example.ru", False, person.name, "-", at, at), "1")
            questions.open(Question(new_id(), who, PENSION_FUND, new_id(), at, at, person))
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        counted.append(statement)

    follow_up = flows.verifications.follow_up
    object.__setattr__(follow_up, "fund", Silent())
    event.listen(flows.database.engine, "before_cursor_execute", count)
    began = time.perf_counter()
    done = follow_up()
    seconds = time.perf_counter() - began
    event.remove(flows.database.engine, "before_cursor_execute", count)
    assert done == number, done
    return seconds, len(counted)


if __name__ == "__main__":
    raise SystemExit(not main())
