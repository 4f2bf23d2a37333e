"""What the pension fund's answer does, whenever it comes: in the page, in the job, by a call of the gateway's.

Appendix 2, clauses 8 and 9. Every answer is journalled; only a match changes anything, and only once.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from idp.assurance.evidence import Evidence, Kind
from idp.assurance.identifiers import SNILS
from idp.assurance.registries.question import Outcome, Question, pause
from idp.assurance.registries.registry import Answer, Person, Verdict
from idp.flows.account.notify import Notify
from idp.flows.verification.change_level import CLAUSES, ChangeLevel
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.store.accounts import Accounts
from idp.store.database import Conflict, Database
from idp.store.journal import Journal
from idp.store.personal_data import PersonalData
from idp.store.questions import Questions

_OUTCOMES = {Verdict.MISMATCH: Outcome.MISMATCH, Verdict.UNKNOWN: Outcome.UNKNOWN}


class _Closed(Exception):
    """Somebody else closed the question first, or it is no longer about this person as they are."""


@dataclass(frozen=True, slots=True)
class SettleSnils:
    accounts: Accounts
    personal_data: PersonalData
    questions: Questions
    change_level: ChangeLevel
    notify: Notify
    journal: Journal
    database: Database
    give_up: timedelta
    now: Clock

    def __call__(self, question: Question, answer: Answer) -> Question:
        """Return the question as it stands afterwards."""
        if not answer.verdict.is_final:
            return self._wait(question, answer)
        # The reference goes with the question and the evidence when the account closes; the journal stays.
        details = {"request": question.request_id, "verdict": answer.verdict.value}
        self.journal.record(Event("snils.answered", question.account_id, details=details))
        try:
            if answer.verdict is Verdict.MATCH:
                return self._match(question, answer)
            return self._close(question, _OUTCOMES[answer.verdict], answer.reference)
        except _Closed:
            # If it is still open, it was about data that have changed: nobody needs to ask it again.
            self.questions.close(question.id, Outcome.WITHDRAWN, "", self.now())
            self.journal.record(Event("snils.answer_ignored", question.account_id, details=details))
            return self.questions.by_request(question.request_id) or question

    def _match(self, question: Question, answer: Answer) -> Question:
        person, at = question.person, self.now()
        if person is None:
            raise _Closed
        try:
            with self.database.together():
                # First of all: whoever changes the account's data closes the question too, and one of us waits here.
                closed = self._closed(question, Outcome.MATCH, answer.reference)
                account = self.accounts.get(question.account_id)
                if account is None or account.closed_at is not None or Person.of(account, person.snils) != person:
                    raise _Closed
                self.personal_data.hold(account.id, SNILS, person.snils.digits, at)
                self.change_level.add(account.id, Evidence(Kind.PENSION_FUND, answer.reference, at))
                self.accounts.touch(account.id, at)
                self.notify(account.id, "snils_match", {"snils": person.snils.masked})
                return closed
        except Conflict:
            # Only now may the person learn it: the number has proved to be theirs (D-13).
            return self._taken(question, person, answer)

    def _taken(self, question: Question, person: Person, answer: Answer) -> Question:
        holder = self.personal_data.holder(SNILS, person.snils.digits)
        with self.database.together():
            closed = self._closed(question, Outcome.TAKEN, answer.reference)
            self.notify(question.account_id, "snils_taken", {"snils": person.snils.masked})
            if holder is not None:
                self.journal.record(Event("snils.claimed", holder.id, details={"request": question.request_id}))
                self.notify(holder.id, "snils_claimed", {"snils": person.snils.masked})
        return closed

    def _close(self, question: Question, outcome: Outcome, reference: str = "") -> Question:
        masked = question.person.snils.masked if question.person else ""
        with self.database.together():
            closed = self._closed(question, outcome, reference)
            self.notify(question.account_id, f"snils_{outcome.value}", {"snils": masked})
        return closed

    def _closed(self, question: Question, outcome: Outcome, reference: str) -> Question:
        at = self.now()
        if not self.questions.close(question.id, outcome, reference, at):
            raise _Closed
        return replace(question, person=None, outcome=outcome, reference=reference, closed_at=at)

    def _wait(self, question: Question, answer: Answer) -> Question:
        """No answer is neither a mismatch nor a grant (STD-15): the question stays, and is looked after later."""
        at = self.now()
        if at - question.asked_at >= self.give_up:
            try:
                return self._close(question, Outcome.UNANSWERED)
            except _Closed:
                return question
        fails = answer.verdict is Verdict.UNAVAILABLE
        waiting = replace(
            question,
            ticket="" if answer.forgotten else answer.ticket or question.ticket,
            due_at=at + pause(answer, question.attempts),
            failing_since=(question.failing_since or at) if fails else None,
        )
        self.questions.wait(waiting)
        return waiting


#: Under which clause a match stands in the journal and on the page.
CLAUSE = CLAUSES[Kind.PENSION_FUND]
