"""The gateway sends an answer by itself: signed, about a question of ours that is open, or it changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from idp.assurance.registries.question import Outcome
from idp.assurance.registries.registry import Answer
from idp.flows.limits import Throttle
from idp.flows.verification.settle_snils import SettleSnils
from idp.journal.events import Event
from idp.kernel.refusal import Refused
from idp.store.journal import Journal
from idp.store.questions import Questions

#: The ``typ`` of what the gateway signs, so that nothing else it signs can pass for an answer.
TYPE = "registry-answer+jwt"


@dataclass(frozen=True, slots=True)
class TakeAnswer:
    """``verify`` returns the claims of what the gateway signed; ``read`` makes an answer of them. What comes twice,
    late, or about a deleted account is journalled; the gateway needn't send it again."""

    verify: Callable[[str, str], dict[str, Any]]
    read: Callable[[Any], Answer]
    questions: Questions
    settle: SettleSnils
    raised: Callable[[str], None]
    throttle: Throttle
    journal: Journal
    issuer: str

    def __call__(self, token: str, address: str) -> None:
        self.throttle.check("bad_answers_per_address", address)
        try:
            told = self.verify(token, TYPE)
            if told.get("aud") != self.issuer:
                raise Refused("answer.foreign")
        except Refused as refused:
            self.throttle.count("bad_answers_per_address", address)
            self.journal.record(Event("snils.answer_refused", address=address, details={"why": refused.code}))
            raise Refused("answer.signature") from refused
        request, answer = str(told.get("requestId", ""))[:36], self.read(told)
        question = self.questions.by_request(request)
        if question is None or not question.is_open or not answer.verdict.is_final:
            why = "unknown" if question is None else "closed" if not question.is_open else "no_answer"
            about = question.account_id if question else ""
            details = {"request": request, "why": why, "verdict": answer.verdict.value}
            self.journal.record(Event("snils.answer_ignored", about, details=details))
            return
        if self.settle(question, answer).outcome is Outcome.MATCH:
            self.raised(question.account_id)
