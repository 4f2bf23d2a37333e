"""A person changes what UPD-03 allows: names and declared data, password, control question, consents."""

from dataclasses import dataclass, replace
from datetime import date

from idp.accounts import password as password_rule
from idp.accounts.account import Account, Gender
from idp.accounts.birthdate import parse_birthdate
from idp.accounts.consent import Consent, ConsentKind
from idp.accounts.password_hash import Hasher
from idp.accounts.personal_name import name_of
from idp.assurance.evidence import Ended, Kind
from idp.assurance.identifiers import SNILS
from idp.assurance.levels import Level, standing_now
from idp.assurance.registries.question import PENSION_FUND
from idp.flows.account.notify import Notify
from idp.flows.account.registration_form import question_faults
from idp.flows.account.require_password import RequirePassword
from idp.flows.logout import EndSessions
from idp.flows.verification.change_level import ChangeLevel
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.refusal import Fault, Faulty, Refused
from idp.kernel.settings import Passwords
from idp.kernel.words import LOCALES
from idp.store.accounts import Accounts
from idp.store.consents import Consents
from idp.store.credentials import Credentials
from idp.store.database import Database
from idp.store.evidence import EvidenceStore
from idp.store.journal import Journal
from idp.store.personal_data import PersonalData
from idp.store.questions import Questions

#: What the fund and the centre compare (appendix 2, clause 7; appendix 3, clause 2.7).
_VERIFIED = ("name", "birthdate", "gender")


@dataclass(frozen=True, slots=True)
class DataForm:
    """As typed; the birth date in the form that date inputs send (``2001-02-28``)."""

    family_name: str
    given_name: str
    middle_name: str
    birthdate: str
    gender: str
    locale: str
    lower: bool = False


@dataclass(frozen=True, slots=True)
class ChangeData:
    """Declared data may be edited freely while nothing verified rests on them (Q-10); portals see it at UserInfo.

    At the standard level a new name, birth date or sex ends the fund's match, once the person has agreed to that
    (``lower``); at the full level only a centre changes them. The language is anybody's to choose.
    """

    accounts: Accounts
    evidence: EvidenceStore
    personal_data: PersonalData
    questions: Questions
    change_level: ChangeLevel
    journal: Journal
    database: Database
    now: Clock

    def __call__(self, account: Account, form: DataForm) -> Account:
        faults: list[Fault] = []
        name = name_of(faults, form.family_name, form.given_name, form.middle_name)
        born: date | None = None
        if form.birthdate.strip():
            try:
                born = parse_birthdate(form.birthdate, self.now().date())
            except Refused as refused:
                faults.append(Fault("birthdate", refused.code, refused.params))
        if faults:
            raise Faulty(faults, "data.faulty")
        changed = replace(
            account,
            name=name,
            birthdate=born,
            gender=Gender(form.gender) if form.gender in frozenset(Gender) else None,
            locale=form.locale if form.locale in LOCALES else account.locale,
            updated_at=self.now(),
        )
        fields = [name for name in (*_VERIFIED, "locale") if getattr(changed, name) != getattr(account, name)]
        if not fields:
            return account
        verified = not set(fields).isdisjoint(_VERIFIED)
        with self.database.together():
            # First of all: an answer that is just being acted on is waited for, and then the evidence is read.
            if verified and self.questions.withdraw(account.id, PENSION_FUND, changed.updated_at):
                self.journal.record(Event("snils.withdrawn", account.id, account.id))
            lowers = verified and self._lowers(account, form)
            self.accounts.change(changed, fields)
            self.journal.record(Event("account.changed", account.id, account.id, details={"fields": fields}))
            if lowers:
                self.personal_data.let_go(account.id, SNILS)
                self.change_level.end(account.id, Kind.PENSION_FUND, Ended.DATA_CHANGED, account.id, fields)
        return changed

    def _lowers(self, account: Account, form: DataForm) -> bool:
        """Tell whether the change costs a level; refuse it where it may not be made here, or wasn't agreed to."""
        stands = standing_now(self.evidence.of(account.id), self.now())
        if stands is not None and stands.level is Level.FULL:
            raise Refused("data.at_centre")
        if stands is None or stands.level is not Level.STANDARD:
            return False
        if not form.lower:
            raise Refused("data.lowers")
        return True


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """All other sessions end and every contact is told (REC-07 in the same spirit)."""

    credentials: Credentials
    require: RequirePassword
    hasher: Hasher
    rule: Passwords
    journal: Journal
    notify: Notify
    end_sessions: EndSessions
    database: Database
    now: Clock

    def __call__(self, account: Account, session_id: str, present: str, password: str, password2: str) -> Account:
        """Return the account with its new password, with which the present session goes on."""
        faults: list[Fault] = []
        try:
            own = (account.name.family, account.name.given, account.login.partition("@")[0])
            password_rule.require(password, self.rule, own)
            if password == present:
                raise Refused("password.same")
        except Refused as refused:
            faults.append(Fault("password", refused.code, refused.params))
        else:
            if password2 != password:
                faults.append(Fault("password2", "password.not_repeated"))
        try:
            self.require(account, present)
        except Refused as refused:
            faults.insert(0, Fault("present", refused.code, refused.params))
        if faults:
            raise Faulty(faults, "password.faulty")
        hashed = self.hasher.make(password)
        with self.database.together():
            changed = self.credentials.replace(account, hashed, self.now())
            if changed is None:
                raise Faulty([Fault("present", "password.present_wrong")], "password.faulty")
            self.journal.record(Event("password.changed", account.id, account.id))
            calls = self.end_sessions.end_all(account.id, but=session_id)
            self.notify(account.id, "password_changed")
        self.end_sessions.tell_all(calls)
        return changed


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """The control question (SIM-06, Q-06); an empty one with an empty answer takes it away."""

    credentials: Credentials
    require: RequirePassword
    hasher: Hasher
    journal: Journal
    notify: Notify
    database: Database

    def __call__(self, account: Account, present: str, question: str, answer: str) -> None:
        faults = question_faults(question, answer, required=False)
        try:
            self.require(account, present)
        except Refused as refused:
            faults.insert(0, Fault("question_present", refused.code, refused.params))
        if faults:
            raise Faulty(faults, "question.faulty")
        hashed = self.hasher.make(password_rule.normal_answer(answer)) if question.strip() else ""
        with self.database.together():
            if not self.credentials.hold(account):
                raise Faulty([Fault("question_present", "password.present_wrong")], "question.faulty")
            self.credentials.set_question(account.id, question.strip(), hashed)
            self.journal.record(Event("question.changed", account.id, account.id))
            self.notify(account.id, "question_changed")


@dataclass(frozen=True, slots=True)
class SetConsents:
    """Give and take back consents; each change is a dated word of its own (SIM-11, 152-FZ article 9)."""

    accounts: Accounts
    consents: Consents
    journal: Journal
    database: Database
    text_version: str
    now: Clock

    def __call__(self, account_id: str, given: frozenset[ConsentKind]) -> list[ConsentKind]:
        at, present = self.now(), self.consents.latest(account_id)
        changed = [kind for kind in ConsentKind if (kind in given) != bool(kind in present and present[kind].given)]
        with self.database.together():
            for kind in changed:
                self.consents.add(account_id, Consent(kind, kind in given, at, self.text_version))
            if changed:
                self.accounts.touch(account_id, at)
                details = {"changed": {kind.value: kind in given for kind in changed}}
                self.journal.record(Event("consents.changed", account_id, account_id, details=details))
        return changed
