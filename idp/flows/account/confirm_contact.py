"""Confirm a contact of an existing account: the phone at registration, any e-mail or phone that is changed (SIM-28).

A new contact stands unconfirmed beside the old one, which stays in force until the new one replaces it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from idp.accounts.account import Account
from idp.accounts.contacts import Contact, ContactKind
from idp.accounts.one_time_code import mismatch
from idp.assurance.evidence import Evidence, Kind
from idp.flows.account.notify import Notify
from idp.flows.account.post import Post
from idp.flows.limits import Throttle
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.ids import keyed_digest, new_code, new_secret, same
from idp.kernel.refusal import Refused
from idp.kernel.settings import Settings
from idp.store.accounts import Accounts
from idp.store.database import Conflict, Database
from idp.store.evidence import EvidenceStore
from idp.store.journal import Journal
from idp.store.short_lived import ShortLived


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a code stands: until when it works and when another may be asked for."""

    until: datetime
    again_at: datetime


@dataclass(frozen=True, slots=True)
class ContactCodes:
    """Codes for contacts that wait for confirmation: one live code a contact, few tries, resend with patience."""

    accounts: Accounts
    short_lived: ShortLived
    post: Post
    throttle: Throttle
    settings: Settings
    code_key: bytes
    now: Clock

    def send(self, account: Account, contact: Contact) -> Sent:
        """Send a code (and by e-mail a link) to the contact; a code sent before is void.

        An e-mail that another account holds gets another letter instead (D-02): the answer here is the same.
        """
        present, patience = self.sent(contact), self.settings.confirmation.resend_seconds
        again_at = present.again_at if present is not None else self.now()
        # Of two presses at once one sends: both would replace the same code, and one of them is the first to.
        replaced = f"{contact.id}:{present.until.timestamp() if present is not None else ''}"
        if self.now() < again_at or not self.short_lived.put("contact_again", replaced, True, patience):
            raise Refused("code.too_soon", at=again_at)
        self.throttle.count("code_sends", f"{contact.account_id}:{contact.value}")
        at, code, link = self.now(), new_code(), new_secret()
        seconds = self.settings.confirmation.code_minutes * 60
        marked = {"code": keyed_digest(self.code_key, contact.id, code), "at": at.timestamp()}
        self.short_lived.replace("contact_code", contact.id, marked, seconds)
        self.short_lived.drop("contact_tries", contact.id)
        if contact.kind is ContactKind.PHONE:
            self.post.text(contact.value, account.locale, "code", {"code": code}, account.id, reference=contact.id)
            return self._sent(at)
        taken = any(holder.id != account.id for holder in self.accounts.by_contact(ContactKind.EMAIL, contact.value))
        pointer = {"account_id": account.id, "contact_id": contact.id, "password": account.password_mark}
        self.short_lived.put("contact_link", link, pointer, self.settings.confirmation.link_hours * 3600)
        params = {
            "name": account.name.given,
            "code": "" if taken else code,
            "link": "" if taken else f"{self.settings.issuer}/confirm-contact?token={link}",
            "minutes": self.settings.confirmation.code_minutes,
        }
        kind = "email_taken" if taken else "confirm_contact"
        self.post.letter(contact.value, account.locale, kind, params, account.id, reference=contact.id)
        return self._sent(at)

    def sent(self, contact: Contact) -> Sent | None:
        """Return how the live code of a contact stands, if there is one."""
        marked = self.short_lived.get("contact_code", contact.id)
        return self._sent(datetime.fromtimestamp(marked["at"], self.now().tzinfo)) if marked else None

    def _sent(self, at: datetime) -> Sent:
        rule = self.settings.confirmation
        return Sent(at + timedelta(minutes=rule.code_minutes), at + timedelta(seconds=rule.resend_seconds))

    def require(self, contact: Contact, code: str) -> None:
        """Refuse unless the code is the contact's live one; every try counts, a used-up code is void (REC-08)."""
        most = self.settings.limits.code_tries
        left = most - self.short_lived.count("contact_tries", contact.id, self.settings.confirmation.code_minutes * 60)
        marked = self.short_lived.get("contact_code", contact.id)
        if marked is None:
            raise Refused("code.expired", minutes=self.settings.confirmation.code_minutes)
        self.throttle.check("wrong_codes_a_day", contact.account_id)
        if left < 0:
            raise Refused("code.void")
        if not same(marked["code"], keyed_digest(self.code_key, contact.id, code)):
            self.throttle.count("wrong_codes_a_day", contact.account_id)
            raise mismatch(left)

    def forget(self, contact: Contact) -> None:
        self.short_lived.drop("contact_code", contact.id)


@dataclass(frozen=True, slots=True)
class ConfirmContact:
    codes: ContactCodes
    accounts: Accounts
    evidence: EvidenceStore
    journal: Journal
    notify: Notify
    database: Database
    now: Clock

    def by_code(self, account_id: str, contact_id: str, code: str) -> Contact:
        contact = self._waiting(account_id, contact_id)
        if contact.confirmed_at is None:
            self.codes.require(contact, code)
            self._confirm(contact)
        return contact

    def pointed(self, link: str) -> Contact:
        """Return the contact that a letter's link is about; ``link.expired`` if it no longer waits.

        A link works without a session, so a new password voids it: whoever stole the old one may have begun the change.
        """
        pointer = self.codes.short_lived.get("contact_link", link)
        account = self.accounts.get(pointer["account_id"]) if pointer else None
        if pointer is None or account is None or pointer["password"] != account.password_mark:
            raise Refused("link.expired")
        return self._waiting(pointer["account_id"], pointer["contact_id"])

    def by_link(self, link: str) -> Contact:
        contact = self.pointed(link)
        if contact.confirmed_at is None:
            self._confirm(contact)
        return contact

    def _waiting(self, account_id: str, contact_id: str) -> Contact:
        for contact in self.accounts.contacts(account_id):
            if contact.id == contact_id:
                return contact
        raise Refused("link.expired")

    def _confirm(self, contact: Contact) -> None:
        at = self.now()
        account = self.accounts.get(contact.account_id)
        old = [
            other
            for other in self.accounts.contacts(contact.account_id)
            if other.kind is contact.kind and other.confirmed_at is not None and other.id != contact.id
        ]
        assert account is not None
        try:
            with self.database.together():
                if not self.accounts.confirm_contact(contact.id, at):
                    return
                self.accounts.drop_other_contacts(contact.account_id, contact.kind, but=contact.id)
                if contact.kind is ContactKind.EMAIL:
                    self.evidence.end(contact.account_id, Kind.EMAIL, at)
                    self.evidence.add(contact.account_id, Evidence(Kind.EMAIL, contact.id, at))
                    if not account.login_chosen:
                        self.accounts.set_login(contact.account_id, contact.value, False, at)
                self.accounts.touch(contact.account_id, at)
                details = {"kind": contact.kind.value, "contact_id": contact.id}
                self.journal.record(Event("contact.confirmed", contact.account_id, contact.account_id, details=details))
                params = {"contact": contact.masked}
                self.notify(contact.account_id, f"{contact.kind.value}_confirmed", params)
                self.notify.former(account, old, f"{contact.kind.value}_replaced", params)
        except Conflict as conflict:
            raise Refused("email.has_account") from conflict
        self.codes.forget(contact)
