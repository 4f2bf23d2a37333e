"""Who is meant by what somebody typed into the login field (LOG-01, LOG-04, Q-08, D-02)."""

from dataclasses import dataclass

from idp.accounts.account import Account
from idp.accounts.contacts import ContactKind, parse_email, parse_phone
from idp.kernel.refusal import Refused
from idp.store.accounts import Accounts


@dataclass(frozen=True, slots=True)
class FindByName:
    """Own login, confirmed e-mail, or a confirmed phone that stands in one account only.

    An e-mail that is the login stays one when it is flagged as outdated at a centre (D-03, FUL-13): nothing is sent
    there any more and nothing recovered by it, but it still names its account.
    """

    accounts: Accounts

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
        found = self.accounts.by_login(value)
        return [found] if found is not None else []


def normal(text: str) -> tuple[ContactKind | None, str]:
    """Return what kind of name it is and its one spelling; what is no contact is a login."""
    text = text.strip()[:320]
    if not text.isprintable():
        return None, ""
    if "@" in text:
        try:
            return ContactKind.EMAIL, parse_email(text)
        except Refused:
            return None, text
    if text[:1] in "+0123456789(" and text[:1]:
        try:
            return ContactKind.PHONE, parse_phone(text)
        except Refused:
            return None, text
    return None, text


def spelled(text: str) -> str:
    """Return one word for all spellings of a name, under which tries with it are counted."""
    kind, value = normal(text)
    return f"{kind}:{value.lower()}"
