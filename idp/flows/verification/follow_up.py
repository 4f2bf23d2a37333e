"""Look after the questions that wait for a registry: send what was not sent, ask what came of the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from idp.assurance.registries.question import Outcome, Question
from idp.assurance.registries.registry import Answer, Registry, Verdict
from idp.flows.verification.settle_snils import SettleSnils
from idp.kernel.clock import Clock
from idp.store.questions import Questions

#: Longer than asking a whole batch takes while the registry answers; whoever dies lets go of his batch by then.
_LEASE = timedelta(seconds=120)
_BATCH = 50


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One statement takes a batch, each question of it costs one call and what its answer does. While the registry
    rests after failures nothing is taken at all."""

    questions: Questions
    fund: Registry
    rests: Callable[[], bool]
    settle: SettleSnils
    raised: Callable[[str], None]
    seconds: float
    now: Clock

    def __call__(self, most: int = 2000) -> int:
        """Look after what is due, up to so many; return how many were."""
        done = 0
        while done < most and not self.rests():
            batch = self.questions.due(self.now(), min(_BATCH, most - done), _LEASE)
            for question in batch:
                if self.settle(question, self._answer(question)).outcome is Outcome.MATCH:
                    self.raised(question.account_id)
            done += len(batch)
            if len(batch) < _BATCH:
                break
        return done

    def _answer(self, question: Question) -> Answer:
        if question.person is None:
            # Its key is lost: it waits, as if the registry failed, for the key to be brought back, or until we give up.
            return Answer(Verdict.UNAVAILABLE, why="unreadable")
        if question.ticket:
            return self.fund.poll(question.request_id, question.ticket, self.seconds)
        return self.fund.ask(question.request_id, question.person, self.seconds)
