"""Once a year, and when nothing arrives, a person is asked at sign-in: is this still your contact? (D-07)"""

from dataclasses import dataclass
from datetime import timedelta

from idp.accounts.contacts import Contact, to_ask_about
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.store.accounts import Accounts
from idp.store.contact_marks import ContactMarks
from idp.store.database import Database
from idp.store.journal import Journal


@dataclass(frozen=True, slots=True)
class CheckContacts:
    accounts: Accounts
    marks: ContactMarks
    journal: Journal
    database: Database
    every_days: int
    now: Clock

    def __call__(self, account_id: str) -> list[Contact]:
        """Return what to ask about; empty: nothing."""
        return to_ask_about(self.accounts.contacts(account_id), timedelta(days=self.every_days), self.now())

    def affirm(self, account_id: str) -> None:
        """Still theirs: not asked again for a year. What can't be reached stays flagged until something arrives."""
        with self.database.together():
            self.marks.affirmed(account_id, self.now())
            self.journal.record(Event("contacts.affirmed", account_id, account_id))
