"""A forgotten login goes to the confirmed contact; no page ever shows it (REC-06)."""

from dataclasses import dataclass

from idp.accounts.contacts import ContactKind
from idp.flows.account.post import Post
from idp.flows.limits import Throttle
from idp.flows.login.who import normal
from idp.journal.events import Event
from idp.kernel.refusal import Refused
from idp.store.accounts import Accounts
from idp.store.journal import Journal


def contact_named(text: str) -> tuple[ContactKind, str]:
    """Return the e-mail or phone that was typed; anything else is a fault, for only contacts recover (REC-02)."""
    if not text.strip():
        raise Refused("recovery.contact_missing")
    kind, value = normal(text)
    if not isinstance(kind, ContactKind):
        raise Refused("recovery.not_a_contact")
    return kind, value


@dataclass(frozen=True, slots=True)
class RecoverLogin:
    """The same look-up and one parcel whether or not somebody was found. Whose phone it is, is told all its logins."""

    accounts: Accounts
    post: Post
    throttle: Throttle
    journal: Journal

    def __call__(self, contact: str, locale: str, address: str) -> None:
        kind, value = contact_named(contact)
        self.throttle.count("recovery_per_address", address)
        self.throttle.count("code_sends", f"login:{value}")
        found = self.accounts.by_contact(kind, value)
        first = found[0] if found else None
        params = {"logins": ", ".join(account.login for account in found), "name": first.name.given if first else ""}
        send = self.post.letter if kind is ContactKind.EMAIL else self.post.text
        language = first.locale if first else locale
        send(value, language, "login_reminder", params, first.id if first else "", sendable=bool(found))
        self.journal.record(Event("recovery.login_reminded", first.id if first else "", address=address))
