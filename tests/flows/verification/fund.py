"""A pension fund for tests of the flows: answers what it was told to, and notes what it was asked."""

from dataclasses import dataclass, field
from datetime import date

from idp.accounts.account import Gender
from idp.assurance.identifiers import Snils
from idp.assurance.registries.question import Question
from idp.assurance.registries.registry import Answer, Person, Verdict
from idp.flows.verification.snils import Wait
from idp.wiring import Flows
from tests.flows.account.people import Anna

SNILS = Snils.parse("112-233-445 95")
OTHER = Snils.parse("087-654-302 00")
BORN = date(1980, 5, 17)
MATCH, MISMATCH, UNKNOWN = (Answer(verdict, "sfr-17") for verdict in (Verdict.MATCH, Verdict.MISMATCH, Verdict.UNKNOWN))
PENDING = Answer(Verdict.PENDING, ticket="t-1")
DEAD = Answer(Verdict.UNAVAILABLE, why="ConnectError")


@dataclass
class Fund:
    """``says`` is the answer from now on; ``asked`` holds request ids, ``polled`` tickets."""

    says: Answer = MATCH
    asked: list[str] = field(default_factory=list)
    polled: list[str] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)

    def ask(self, request_id: str, person: Person, seconds: float) -> Answer:
        self.asked.append(request_id)
        self.people.append(person)
        return self.says

    def poll(self, request_id: str, ticket: str, seconds: float) -> Answer:
        self.polled.append(ticket)
        return self.says


class Patience:
    """Time in a page: sleeping moves it on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def behind(flows: Flows) -> Fund:
    """Put a fund behind these flows, in the page and in the job, and return it."""
    fund, patience = Fund(), Patience()
    found = flows.verifications
    object.__setattr__(found.ask_for_snils, "fund", fund)
    object.__setattr__(found.ask_for_snils, "wait", Wait(2.0, patience.clock, patience.sleep))
    object.__setattr__(found.follow_up, "fund", fund)
    object.__setattr__(found.follow_up, "rests", lambda: False)
    return fund


def ask(anna: Anna, snils: Snils = SNILS, lower: bool = False) -> Question:
    return anna.flows.verifications.ask_for_snils(anna.account, snils, BORN, Gender.FEMALE, lower)
