"""Add, replace and remove contacts (SIM-28, D-02): a new one waits for its code while the old one stays in force."""

from dataclasses import dataclass

from idp.accounts.account import Account
from idp.accounts.contacts import Contact, ContactKind, parse_email, parse_phone
from idp.flows.account.confirm_contact import ContactCodes
from idp.flows.account.notify import Notify
from idp.flows.account.require_password import RequirePassword
from idp.flows.limits import Throttle
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.ids import new_id
from idp.kernel.refusal import Fault, Faulty, Refused
from idp.store.accounts import Accounts
from idp.store.database import Database
from idp.store.journal import Journal


@dataclass(frozen=True, slots=True)
class ChangeContact:
    accounts: Accounts
    codes: ContactCodes
    require: RequirePassword
    throttle: Throttle
    journal: Journal
    notify: Notify
    database: Database
    now: Clock

    def __call__(self, account: Account, kind: ContactKind, text: str, present: str) -> Contact:
        """Put a new contact beside the old one and send its code; the old one is told. ``Faulty`` names the fields."""
        faults: list[Fault] = []
        value = ""
        try:
            value = parse_email(text) if kind is ContactKind.EMAIL else parse_phone(text)
        except Refused as refused:
            faults.append(Fault(kind.value, refused.code, refused.params))
        contacts = [contact for contact in self.accounts.contacts(account.id) if contact.kind is kind]
        if value and any(contact.value == value and contact.current for contact in contacts):
            faults.append(Fault(kind.value, "contact.same"))
        try:
            self.require(account, present)
        except Refused as refused:
            faults.append(Fault("present", refused.code, refused.params))
        if faults:
            raise Faulty(faults, "contact.faulty")

        self.throttle.count("contact_changes", account.id)
        waiting = next((item for item in contacts if item.value == value and item.confirmed_at is None), None)
        contact = waiting or Contact(new_id(), account.id, kind, value)
        # One change at a time; a contact flagged outdated is confirmed anew like any other.
        void = [item for item in contacts if item.id != contact.id and (not item.confirmed_at or item.value == value)]
        with self.database.together():
            if not self.require.credentials.hold(account):
                raise Faulty([Fault("present", "password.present_wrong")], "contact.faulty")
            for other in void:
                self.accounts.drop_contact(account.id, other.id)
            if waiting is None:
                self.accounts.add_contact(contact, self.now())
                details = {"kind": kind.value, "contact_id": contact.id}
                self.journal.record(Event("contact.added", account.id, account.id, details=details))
                self.notify(account.id, f"{kind.value}_change_begun", {"contact": contact.masked})
        try:
            self.codes.send(account, contact)
        except Refused as refused:
            if refused.code != "code.too_soon":
                raise
            # The form was sent twice: its code is on the way already.
        return contact

    def remove(self, account: Account, contact_id: str, present: str = "") -> None:
        """Remove a contact of one's own; the confirmed e-mail can't be removed, only replaced. What is confirmed is a
        way in, so it takes the password; a change that was only begun is dropped without."""
        contact = self.mine(account, contact_id)
        if contact.kind is ContactKind.EMAIL and contact.confirmed_at is not None:
            raise Refused("contact.last_email")
        if contact.confirmed_at is not None:
            self.require(account, present)
        self.codes.forget(contact)
        with self.database.together():
            if contact.confirmed_at is not None:
                self.require.hold(account)
            self.accounts.drop_contact(account.id, contact.id)
            self.accounts.touch(account.id, self.now())
            details = {"kind": contact.kind.value, "contact_id": contact.id}
            self.journal.record(Event("contact.removed", account.id, account.id, details=details))
            if contact.confirmed_at is not None:
                self.notify(account.id, "contact_removed", {"contact": contact.masked})
                self.notify.former(account, [contact], "contact_removed", {"contact": contact.masked})

    def mine(self, account: Account, contact_id: str) -> Contact:
        """Return a contact if it is this person's; ``contact.unknown`` otherwise."""
        for contact in self.accounts.contacts(account.id):
            if contact.id == contact_id:
                return contact
        raise Refused("contact.unknown")
