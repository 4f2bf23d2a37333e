"""A person deletes the account (Q-20): personal data go, portals are told, a tombstone keeps ``sub`` from returning."""

from collections.abc import Callable
from dataclasses import dataclass

from idp.accounts.account import Account
from idp.flows.account.post import Post
from idp.flows.account.require_password import RequirePassword
from idp.flows.logout import Told
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.store.accounts import Accounts
from idp.store.consents import Consents
from idp.store.database import Database
from idp.store.evidence import EvidenceStore
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.notices import Notices
from idp.store.outbox import Outbox
from idp.store.registrations import Registrations
from idp.store.sessions import Sessions
from idp.store.sharings import Sharings


@dataclass(frozen=True, slots=True)
class CloseAccount:
    accounts: Accounts
    sessions: Sessions
    grants: Grants
    evidence: EvidenceStore
    consents: Consents
    sharings: Sharings
    notices: Notices
    outbox: Outbox
    registrations: Registrations
    journal: Journal
    require: RequirePassword
    end_sessions: Callable[[str, str, str], list[Told]]
    post: Post
    database: Database
    now: Clock

    def __call__(self, account: Account, password: str) -> list[Told]:
        """Close the account for good; return which portals were told of its sessions' end."""
        self.require(account, password)
        emails = [item for item in self.accounts.contacts(account.id) if item.kind == "email" and item.current]
        told = self.end_sessions(account.id, "", "closed")
        at = self.now()
        with self.database.together():
            if not self.accounts.close(account.id, at):
                return told
            self.grants.end_of_account(account.id, "closed", at)
            self.evidence.drop_of(account.id)
            self.consents.drop_of(account.id)
            self.sharings.drop_of(account.id)
            self.notices.drop_of(account.id)
            self.outbox.drop_of(account.id)
            self.registrations.drop_of(account.id)
            self.sessions.forget(account.id)
            self.journal.forget_addresses(account.id)
            self.journal.record(Event("account.closed", account.id, account.id))
            for email in emails:
                # Sent under no account, so that it isn't dropped with the rest.
                self.post.letter(email.value, account.locale, "account_closed", {"name": account.name.given})
        return told
