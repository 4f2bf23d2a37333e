"""The decree's one registration form (appendix 1, clause 5; SIM-02 to SIM-13): read whole, all faults at once."""

from dataclasses import dataclass

from idp.accounts import password as password_rule
from idp.accounts.account import Name
from idp.accounts.consent import ConsentKind
from idp.accounts.contacts import parse_email, parse_phone
from idp.accounts.personal_name import name_of
from idp.kernel.refusal import Fault, Faulty, Refused, taken
from idp.kernel.settings import Passwords
from idp.kernel.settings import Registration as Rule


@dataclass(frozen=True, slots=True)
class RegistrationForm:
    """As typed."""

    family_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    email: str = ""
    phone: str = ""
    password: str = ""
    password2: str = ""
    question: str = ""
    answer: str = ""
    agreement: bool = False
    consents: frozenset[ConsentKind] = frozenset()

    def typed(self) -> tuple[str, ...]:
        """Return all that was entered, by which a second press of the button is known from a corrected form."""
        names = (self.family_name, self.given_name, self.middle_name, self.email, self.phone)
        secrets = (self.password, self.password2, self.question, self.answer)
        return (*names, *secrets, *sorted(kind.value for kind in self.consents))


@dataclass(frozen=True, slots=True)
class Checked:
    """In the forms that are kept; the password is still to be hashed."""

    name: Name
    email: str
    phone: str
    password: str
    question: str
    answer: str
    consents: frozenset[ConsentKind]


def check(form: RegistrationForm, rule: Rule, passwords: Passwords) -> Checked:
    """Return the checked form or raise ``Faulty`` with every fault, in the order of the fields."""
    faults: list[Fault] = []
    name = name_of(faults, form.family_name, form.given_name, form.middle_name)
    email = taken(faults, "email", lambda: parse_email(form.email))
    phone = ""
    if form.phone.strip() or rule.phone_required:
        phone = taken(faults, "phone", lambda: parse_phone(form.phone))
    try:
        password_rule.require(form.password, passwords, own=(name.family, name.given, email.partition("@")[0]))
    except Refused as refused:
        faults.append(Fault("password", refused.code, refused.params))
    if form.password2 != form.password:
        faults.append(Fault("password2", "password.not_repeated"))
    faults.extend(question_faults(form.question, form.answer, rule.question_required))
    if not form.agreement:
        faults.append(Fault("agreement", "agreement.not_accepted"))
    if faults:
        raise Faulty(faults, "sign_up.faulty")
    return Checked(name, email, phone, form.password, form.question.strip(), form.answer, form.consents)


def question_faults(question: str, answer: str, required: bool) -> list[Fault]:
    """Judge a control question and its answer (SIM-06, Q-06): both or neither, unless the setting wants them."""
    question, answer = question.strip(), password_rule.normal_answer(answer)
    if not question and not answer and not required:
        return []
    faults = []
    if not question:
        faults.append(Fault("question", "question.missing"))
    elif not question.isprintable():
        faults.append(Fault("question", "question.signs"))
    elif len(question) > 200:
        faults.append(Fault("question", "question.too_long"))
    if not answer:
        faults.append(Fault("answer", "answer.missing"))
    elif len(answer) < 2 or len(answer) > 200:
        faults.append(Fault("answer", "answer.length"))
    elif answer in password_rule.normal_answer(question):
        faults.append(Fault("answer", "answer.in_question"))
    return faults
