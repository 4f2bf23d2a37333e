"""Do again what was done since the backup: the ledger tells of it, for the restored database can't know.

Which lines are missing is told by their identifiers in the journal, not by time: clocks may jump.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from idp.flows.account.erase import Erase
from idp.journal.events import Event
from idp.store.accounts import Accounts
from idp.store.admin_tokens import AdminTokens
from idp.store.clients import Clients
from idp.store.credentials import Credentials
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.sharings import Sharings


@dataclass(frozen=True, slots=True)
class Replay:
    """Called inside the transaction of the restore."""

    accounts: Accounts
    credentials: Credentials
    admin_tokens: AdminTokens
    clients: Clients
    grants: Grants
    sharings: Sharings
    erase: Erase
    journal: Journal

    def __call__(self, ledger: Iterable[Mapping[str, Any]]) -> dict[str, int]:
        """Replay the lines that the journal lacks; return how many of each kind."""
        done: dict[str, int] = {}
        for line in ledger:
            if self.journal.has(line["id"]):
                continue
            event = Event(**{item.name: line[item.name] for item in fields(Event)})
            at = datetime.fromisoformat(line["at"])
            self._act(event.kind)(event, at)
            self.journal.keep(line["id"], at, event)
            done[event.kind] = done.get(event.kind, 0) + 1
        return done

    def _act(self, kind: str) -> Callable[[Event, datetime], None]:
        acts = {
            "account.closed": self._close,
            "password.changed": self._kill_password,
            "password.recovered": self._kill_password,
            "admin_token.revoked": self._revoke,
            "client.secret_rotated": self._kill_secret,
            "client.disabled": self._disable,
            "client.enabled": self._enable,
            "client.removed": self._disable,
            "sharing.withdrawn": self._withdraw,
        }
        return acts[kind]

    def _close(self, event: Event, at: datetime) -> None:
        """A tombstone again; somebody who registered after the backup isn't there at all."""
        if self.accounts.close(event.account_id, at):
            self.grants.end_of_account(event.account_id, "closed", at)
            self.erase(event.account_id)

    def _kill_password(self, event: Event, at: datetime) -> None:
        """The new one is lost, the old one must not open anything: the person sets another by e-mail."""
        self.credentials.kill(event.account_id, at)

    def _revoke(self, event: Event, at: datetime) -> None:
        self.admin_tokens.revoke(event.details["token"], at)

    def _kill_secret(self, event: Event, at: datetime) -> None:
        """The old secret opens nothing; the portal needs another by ``idp clients rotate-secret``."""
        client = self.clients.fresh(event.client_id)
        if client is not None:
            self.clients.change(replace(client, secret_digest=""))

    def _disable(self, event: Event, at: datetime) -> None:
        client = self.clients.fresh(event.client_id)
        if client is not None:
            self.clients.change(replace(client, disabled_at=client.disabled_at or at))

    def _enable(self, event: Event, at: datetime) -> None:
        client = self.clients.fresh(event.client_id)
        if client is not None:
            self.clients.change(replace(client, disabled_at=None))

    def _withdraw(self, event: Event, at: datetime) -> None:
        """The portal must ask again, even if the person gave it anew since: what they gave is lost."""
        self.sharings.withdraw(event.account_id, event.client_id, at)
        self.grants.end_of_client(event.account_id, event.client_id, "withdrawn", at)
