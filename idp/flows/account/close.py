"""A person deletes the account (Q-20): personal data go, portals are told, a tombstone keeps ``sub`` from returning."""

from dataclasses import dataclass

from idp.accounts.account import Account
from idp.assurance.levels import Level, standing_now
from idp.flows.account.erase import Erase
from idp.flows.account.post import Post
from idp.flows.account.require_password import RequirePassword
from idp.flows.logout import EndSessions, Told
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.refusal import Refused
from idp.store.accounts import Accounts
from idp.store.database import Database
from idp.store.evidence import EvidenceStore
from idp.store.journal import Journal
from idp.store.outbox import Outbox


@dataclass(frozen=True, slots=True)
class CloseAccount:
    accounts: Accounts
    evidence: EvidenceStore
    outbox: Outbox
    journal: Journal
    erase: Erase
    require: RequirePassword
    end_sessions: EndSessions
    post: Post
    database: Database
    now: Clock

    def may(self, account: Account) -> bool:
        """Tell whether the person may close it here: full access ends at a centre (appendix 3, clause 3.1)."""
        stands = standing_now(self.evidence.of(account.id), self.now())
        return stands is None or stands.level is not Level.FULL

    def __call__(self, account: Account, password: str) -> list[Told]:
        """Close the account for good; return which portals were told of its sessions' end."""
        if not self.may(account):
            raise Refused("close.at_centre")
        self.require(account, password)
        contacts, at = self.accounts.contacts(account.id), self.now()
        with self.database.together():
            # First of all: an answer that is just being acted on holds its question, and then asks for the account.
            self.erase.questions.drop_of(account.id)
            if not self._holds(account):
                return []
            # Sessions first, for whoever opens a grant holds its session and then points to the account.
            calls = self.end_sessions.end_all(account.id, reason="closed")
            if not self.accounts.close(account.id, at):
                return []
            self.erase(account.id)
            self.journal.record(Event("account.closed", account.id, account.id))
            for contact in contacts:
                self.outbox.drop_to(contact.value)
                if contact.kind == "email" and contact.current:
                    # Sent under no account, so that it isn't dropped with the rest.
                    self.post.letter(contact.value, account.locale, "account_closed", {"name": account.name.given})
        return self.end_sessions.tell_all(calls)

    def _holds(self, account: Account) -> bool:
        """Hold the account; False if it is closed already, which is what was asked for."""
        found = self.accounts.get(account.id)
        if found is None or found.closed_at is not None:
            return False
        self.require.hold(account)
        return True
