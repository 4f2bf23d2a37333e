"""What a person has done for the safety of the account and what is left: the checklist of the security page."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from idp.accounts.account import Account
from idp.accounts.contacts import Contact, ContactKind


class Safeguard(StrEnum):
    """In the order in which they are worth doing."""

    CONTACTS = "contacts"
    QUESTION = "question"
    PASSWORD = "password"


@dataclass(frozen=True, slots=True)
class Item:
    safeguard: Safeguard
    done: bool


def checklist(account: Account, contacts: Iterable[Contact]) -> list[Item]:
    """Return every safeguard, what is left first. Whoever can sign in has a password; it is there to be changed."""
    reachable = {contact.kind for contact in contacts if contact.current and contact.undeliverable_at is None}
    done = {
        Safeguard.CONTACTS: reachable == set(ContactKind),
        Safeguard.QUESTION: bool(account.answer_hash),
        Safeguard.PASSWORD: True,
    }
    return sorted((Item(safeguard, done[safeguard]) for safeguard in Safeguard), key=lambda item: item.done)
