"""A person's SNILS is checked with the pension fund (decree 23-PP, appendix 2, clauses 6 to 9)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import uuid4

from idp.accounts.account import Account, Gender
from idp.assurance.evidence import Ended, Kind
from idp.assurance.identifiers import SNILS, Snils
from idp.assurance.levels import Level, standing_now
from idp.assurance.registries.question import PENSION_FUND, Question
from idp.assurance.registries.registry import Answer, Person, Registry, Verdict
from idp.flows.limits import Throttle
from idp.flows.verification.change_level import ChangeLevel
from idp.flows.verification.settle_snils import SettleSnils
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.ids import new_id
from idp.kernel.refusal import Refused
from idp.store.accounts import Accounts
from idp.store.database import Conflict, Database
from idp.store.evidence import EvidenceStore
from idp.store.journal import Journal
from idp.store.personal_data import PersonalData
from idp.store.questions import Questions

#: The job leaves a question alone for so long after it was asked in a page.
_PAGE_HAS_IT = timedelta(seconds=20)
_STEP = 0.5


@dataclass(frozen=True, slots=True)
class Wait:
    """How a page waits: ``clock`` counts seconds, ``sleep`` lets some pass, ``seconds`` is all it has."""

    seconds: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class AskForSnils:
    """Open the question, send it, wait a moment for the answer; an answer that takes longer is the job's to fetch.

    Somebody who presses again gets the question that is open: one request goes out (the unique index decides). Birth
    date and sex become the account's declared data. Where a match stands already, another number ends it first, and
    only once the person has agreed to that (``lower``; Q-10).
    """

    accounts: Accounts
    evidence: EvidenceStore
    personal_data: PersonalData
    questions: Questions
    fund: Registry
    settle: SettleSnils
    change_level: ChangeLevel
    throttle: Throttle
    journal: Journal
    database: Database
    wait: Wait
    now: Clock

    def __call__(
        self, account: Account, snils: Snils, birthdate: date, gender: Gender, lower: bool = False
    ) -> Question:
        present = self.questions.present(account.id, PENSION_FUND)
        if present is not None:
            return present
        self._require(account.id, lower)
        self.throttle.count("snils_questions_a_day", account.id)
        at = self.now()
        asked = replace(account, birthdate=birthdate, gender=gender, updated_at=at)
        person = Person(account.name, birthdate, gender, snils)
        question = Question(new_id(), account.id, PENSION_FUND, str(uuid4()), at, at + _PAGE_HAS_IT, person)
        try:
            with self.database.together():
                self.questions.open(question)
                # Anew: while no question was open yet, another one may have been asked and matched.
                stands = self._require(account.id, lower)
                self._declare(account, asked)
                if stands is Level.STANDARD:
                    self.personal_data.let_go(account.id, SNILS)
                    self.change_level.end(account.id, Kind.PENSION_FUND, Ended.DATA_CHANGED, account.id, ("snils",))
                details = {"request": question.request_id, "clause": "app.2 cl.6"}
                self.journal.record(Event("snils.asked", account.id, account.id, details=details))
        except Conflict:
            first = self.questions.latest(account.id, PENSION_FUND)
            if first is None:
                raise
            return first
        return self.settle(question, self._answer(question, person))

    def _require(self, account_id: str, lower: bool) -> Level:
        """Return where the person stands; refuse those who may not ask from there, or haven't agreed to fall first."""
        stands = standing_now(self.evidence.of(account_id), self.now())
        if stands is None:
            raise Refused("snils.confirm_first")
        if stands.level is Level.FULL:
            raise Refused("data.at_centre")
        if stands.level is Level.STANDARD and not lower:
            raise Refused("data.lowers")
        return stands.level

    def _declare(self, account: Account, asked: Account) -> None:
        fields = [name for name in ("birthdate", "gender") if getattr(asked, name) != getattr(account, name)]
        if fields:
            self.accounts.change(asked, fields)
            self.journal.record(Event("account.changed", account.id, account.id, details={"fields": fields}))

    def _answer(self, question: Question, person: Person) -> Answer:
        """Ask, and look again while the page can wait. Nothing is locked meanwhile."""
        end = self.wait.clock() + self.wait.seconds
        answer = self.fund.ask(question.request_id, person, self.wait.seconds)
        while answer.verdict is Verdict.PENDING:
            pause = max(_STEP, answer.after)
            if self.wait.clock() + pause > end:
                break
            self.wait.sleep(pause)
            again = self.fund.poll(question.request_id, answer.ticket, _STEP)
            if again.verdict is Verdict.UNAVAILABLE:
                break
            answer = again
        return answer


@dataclass(frozen=True, slots=True)
class WithdrawQuestion:
    """A person takes an open question back, to ask with another number; an answer that still comes changes nothing."""

    questions: Questions
    journal: Journal
    database: Database
    now: Clock

    def __call__(self, account_id: str) -> bool:
        with self.database.together():
            done = self.questions.withdraw(account_id, PENSION_FUND, self.now())
            if done:
                self.journal.record(Event("snils.withdrawn", account_id, account_id))
        return done
