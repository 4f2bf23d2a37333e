"""Connects what checks people: the registries behind the city's gateway, sealed data, and what an answer does."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from idp.assurance.registries.breaker import Breaker
from idp.assurance.registries.pension_fund import PensionFund, read_answer
from idp.flows.account.notify import Notify
from idp.flows.account.post import Post
from idp.flows.limits import Throttle
from idp.flows.verification.change_level import ChangeLevel
from idp.flows.verification.follow_up import FollowUp
from idp.flows.verification.receipt import MakeReceipt
from idp.flows.verification.report import ReportLevel
from idp.flows.verification.reseal import Reseal
from idp.flows.verification.settle_snils import SettleSnils
from idp.flows.verification.snils import AskForSnils, Wait, WithdrawQuestion
from idp.flows.verification.take_answer import TakeAnswer
from idp.flows.verifications import Verifications
from idp.keys.foreign import ForeignKeys
from idp.store.accounts import Accounts
from idp.store.evidence import EvidenceStore
from idp.store.notices import Notices
from idp.store.outbox import Outbox
from idp.store.personal_data import PersonalData
from idp.store.questions import Questions
from idp.wiring.ground import Ground


def connect(ground: Ground, change_level: ChangeLevel, raised: Callable[[str], None]) -> Verifications:
    """``raised`` is called for whoever got a level while they weren't before us."""
    settings, now, database, journal = ground.settings, ground.now, ground.database, ground.journal
    chosen = settings.registries
    accounts, evidence = Accounts(database), EvidenceStore(database)
    personal_data, questions = PersonalData(database, ground.data_keys), Questions(database, ground.data_keys)
    throttle = Throttle(ground.short_lived, settings.limits, ground.keys.secret("limits"))
    post = Post(Outbox(database, now), settings.issuer)
    notify = Notify(accounts, Notices(database, now), post)
    fund = Breaker(
        PensionFund(chosen.gateway_url, chosen.gateway_token, ground.gateway.call),
        time.monotonic,
        chosen.rest_after_failures,
        chosen.rest_seconds,
    )
    settle = SettleSnils(
        accounts,
        personal_data,
        questions,
        change_level,
        notify,
        journal,
        database,
        timedelta(days=chosen.give_up_days),
        now,
    )
    keys = ForeignKeys.read(Path(chosen.callback_keys)) if chosen.callback_keys else ForeignKeys()
    return Verifications(
        personal_data=personal_data,
        questions=questions,
        change_level=change_level,
        ask_for_snils=AskForSnils(
            accounts,
            evidence,
            personal_data,
            questions,
            fund,
            settle,
            change_level,
            throttle,
            journal,
            database,
            Wait(chosen.page_seconds, time.monotonic, time.sleep),
            now,
        ),
        withdraw_question=WithdrawQuestion(questions, journal, database, now),
        take_answer=TakeAnswer(keys.verify, read_answer, questions, settle, raised, throttle, journal, settings.issuer),
        follow_up=FollowUp(questions, fund, lambda: fund.is_open, settle, raised, chosen.timeout_seconds, now),
        make_receipt=MakeReceipt(
            evidence, personal_data, journal, ground.keys.signer, ground.keys.jwks, settings.issuer, now
        ),
        report_level=ReportLevel(evidence, notify, post, throttle, journal, database, settings.support.email, now),
        reseal=Reseal(ground.data_keys, personal_data, questions),
    )
