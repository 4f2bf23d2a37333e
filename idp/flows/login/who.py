"""Who is meant by what somebody typed into the login field (LOG-01, LOG-04, Q-08, D-02)."""

from dataclasses import dataclass

from idp.accounts.account import Account
from idp.accounts.contacts import ContactKind, parse_email, parse_phone
from idp.assurance.identifiers import SNILS, Snils, looks_like_snils
from idp.kernel.refusal import Refused
from idp.store.accounts import Accounts
from idp.store.personal_data import PersonalData


@dataclass(frozen=True, slots=True)
class FindByName:
    """Own login, confirmed e-mail, a confirmed phone that stands in one account only, or a SNILS that the fund matched.

    An e-mail that is the login stays one when it is flagged as outdated at a centre (D-03, FUL-13): nothing is sent
    there any more and nothing recovered by it, but it still names its account.
    """

    accounts: Accounts
    personal_data: PersonalData

    def __call__(self, text: str) -> Account | None:
        found = self.all(text)
        return found[0] if len(found) == 1 else None

    def all(self, text: str) -> list[Account]:
        """Return every account meant; several only for a phone that a family shares. One store read, whatever it is."""
        kind, value = normal(text)
        if kind is ContactKind.EMAIL:
            return self.accounts.by_email(value)
        if kind is ContactKind.PHONE:
            return self.accounts.by_contact(kind, value)
        found = self.personal_data.holder(SNILS, value) if kind == SNILS else self.accounts.by_login(value)
        return [found] if found is not None else []


def normal(text: str) -> tuple[ContactKind | str | None, str]:
    """Return what kind of name it is and its one spelling; what is neither a contact nor a SNILS is a login.

    Eleven digits that could be both are a phone, unless they are written as a SNILS is.
    """
    text = text.strip()[:320]
    if not text.isprintable():
        return None, ""
    if "@" in text:
        try:
            return ContactKind.EMAIL, parse_email(text)
        except Refused:
            return None, text
    if text[:1] in "+0123456789(" and text[:1]:
        readers = (_snils, _phone) if looks_like_snils(text) else (_phone, _snils)
        for read in readers:
            try:
                return read(text)
            except Refused:
                continue
    return None, text


def _phone(text: str) -> tuple[ContactKind | str, str]:
    return ContactKind.PHONE, parse_phone(text)


def _snils(text: str) -> tuple[ContactKind | str, str]:
    return SNILS, Snils.parse(text).digits


def spelled(text: str) -> str:
    """Return one word for all spellings of a name, under which tries with it are counted."""
    kind, value = normal(text)
    return f"{kind}:{value.lower()}"
