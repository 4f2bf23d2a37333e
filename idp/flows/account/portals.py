"""The portals a person is connected with: what each gets, since when; withdrawing ends its grants (D-01)."""

from dataclasses import dataclass
from datetime import datetime

from idp.clients.client import Client
from idp.flows.account.notify import Notify
from idp.flows.logout import EndSessions
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.protocol.scopes import OPENID
from idp.store.accounts import Accounts
from idp.store.clients import Clients
from idp.store.database import Database
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.sharings import Sharings


@dataclass(frozen=True, slots=True)
class Connected:
    """``asked`` tells whether the person was asked: the city's own portals need no permission. ``claims`` are single
    ones beside the scopes."""

    client: Client
    scopes: frozenset[str]
    claims: frozenset[str]
    since: datetime
    last: datetime
    asked: bool


@dataclass(frozen=True, slots=True)
class Portals:
    accounts: Accounts
    clients: Clients
    grants: Grants
    sharings: Sharings
    journal: Journal
    notify: Notify
    end_sessions: EndSessions
    database: Database
    now: Clock

    def __call__(self, account_id: str) -> list[Connected]:
        """Return every portal with a live grant or a permission, the latest first."""
        scopes: dict[str, frozenset[str]] = {}
        times: dict[str, list[datetime]] = {}
        shared = {item.client_id: item for item in self.sharings.of(account_id) if item.withdrawn_at is None}
        for client_id, sharing in shared.items():
            scopes[client_id] = sharing.scopes
            times[client_id] = [sharing.given_at]
        for grant in self.grants.of_account(account_id):
            if grant.expires_at > self.now():
                scopes[grant.client_id] = scopes.get(grant.client_id, frozenset()) | (grant.scope - {OPENID})
                times.setdefault(grant.client_id, []).append(grant.created_at)
        found = []
        for client_id, granted in scopes.items():
            client = self.clients.get(client_id)
            if client is not None:
                at = times[client_id]
                claims = shared[client_id].claims if client_id in shared else frozenset()
                found.append(Connected(client, granted, claims, min(at), max(at), client_id in shared))
        return sorted(found, key=lambda item: item.last, reverse=True)

    def withdraw(self, account_id: str, client_id: str) -> bool:
        """End everything the portal has of this person; it must ask again. False if it had nothing.

        Its tokens are dead at once, and it hears of the end of its sessions as at a sign-out.
        """
        at, account = self.now(), self.accounts.get(account_id)
        with self.database.together():
            had = self.sharings.withdraw(account_id, client_id, at)
            ended = self.grants.end_of_client(account_id, client_id, "withdrawn", at)
            if account is None or (not had and not ended):
                return False
            client = self.clients.get(client_id)
            details = {"grants": len(ended)}
            self.journal.record(Event("sharing.withdrawn", account_id, account_id, client_id, details=details))
            self.notify(
                account_id, "sharing_withdrawn", {"portal": client.name(account.locale) if client else client_id}
            )
            self.end_sessions.write_down(account_id, ended)
        return True
