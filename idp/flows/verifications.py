"""Everything about a person's level that doors and jobs may call: one value, made by wiring."""

from dataclasses import dataclass

from idp.flows.verification.change_level import ChangeLevel
from idp.flows.verification.follow_up import FollowUp
from idp.flows.verification.receipt import MakeReceipt
from idp.flows.verification.report import ReportLevel
from idp.flows.verification.reseal import Reseal
from idp.flows.verification.snils import AskForSnils, WithdrawQuestion
from idp.flows.verification.take_answer import TakeAnswer
from idp.store.personal_data import PersonalData
from idp.store.questions import Questions


@dataclass(frozen=True, slots=True)
class Verifications:
    personal_data: PersonalData
    questions: Questions
    change_level: ChangeLevel
    ask_for_snils: AskForSnils
    withdraw_question: WithdrawQuestion
    take_answer: TakeAnswer
    follow_up: FollowUp
    make_receipt: MakeReceipt
    report_level: ReportLevel
    reseal: Reseal
