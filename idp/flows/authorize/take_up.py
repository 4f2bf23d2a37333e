"""A request that waited for a level is taken up: where it stopped, or afresh from the portal (OpenID Connect Core 4).

An answer goes only into the browser that asked, while the portal surely remembers its state. Everywhere else the
portal's own address for beginning a sign-in is opened: it asks anew, and the level is there.
"""

from dataclasses import dataclass

from idp.assurance import acr
from idp.assurance.levels import standing_now
from idp.clients.addresses import page_fault
from idp.clients.client import Client
from idp.clients.policy import may_lead
from idp.flows.authorize.authorize import Over
from idp.flows.authorize.context import Present
from idp.flows.authorize.transactions import Transaction, Transactions
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.settings import Settings
from idp.protocol.response_modes import extended, origin
from idp.protocol.step_up import StepUp
from idp.store.clients import Clients
from idp.store.database import Database
from idp.store.evidence import EvidenceStore
from idp.store.journal import Journal
from idp.store.step_ups import StepUps


@dataclass(frozen=True, slots=True)
class Lead:
    """Where the portal begins a sign-in, or its front page; ``address`` is empty if it has neither."""

    client: Client
    address: str


@dataclass(frozen=True, slots=True)
class Open:
    """A portal that still waits for this person; ``ready`` tells that what it asked can be given now."""

    step_up: StepUp
    client: Client
    ready: bool


@dataclass(frozen=True, slots=True)
class TakeUp:
    step_ups: StepUps
    transactions: Transactions
    clients: Clients
    evidence: EvidenceStore
    journal: Journal
    database: Database
    settings: Settings
    now: Clock

    def __call__(self, step_up_id: str, present: Present) -> Transaction | Lead | None:
        """Return the request to go on with, or where to lead; None: its owner must sign in first, so that whoever
        else opens the link doesn't use it up. Raise ``Over``."""
        step_up, at = self.step_ups.get(step_up_id), self.now()
        client = self.clients.get(step_up.client_id) if step_up is not None else None
        if step_up is None or client is None or client.disabled_at is not None or step_up.expires_at <= at:
            raise Over("authorize.over")
        if step_up.taken_at is not None:
            raise Over("authorize.answered", client.client_id)
        if self.transactions.is_answerable(step_up, present.browser):
            return self.transactions.take_up(step_up)
        if present.account is None:
            return None
        if present.account.id != step_up.account_id:
            raise Over("authorize.not_yours")
        with self.database.together():
            if not self.step_ups.take(step_up.id, at):
                raise Over("authorize.answered", client.client_id)
            whose, details = step_up.account_id, {"step_up": step_up.id}
            self.journal.record(Event("step_up.begun_afresh", whose, whose, client.client_id, details=details))
        return Lead(client, self._address(client, step_up))

    def waiting(self, account_id: str) -> list[Open]:
        """Return the portals that wait for this person, newest first."""
        opened = self.step_ups.open_of(account_id, self.now())
        if not opened:
            return []
        stands = standing_now(self.evidence.of(account_id), self.now())
        gives = acr.session_gives(stands.level) if stands is not None else ()
        found = []
        for step_up in opened:
            client = self.clients.get(step_up.client_id)
            if client is not None and client.disabled_at is None:
                found.append(Open(step_up, client, acr.met(step_up.acr_request, gives) is not None))
        return found

    def origins(self, step_up_id: str) -> list[str]:
        """Return where a form may lead that goes on with it: the portal begins a sign-in and is answered."""
        step_up = self.step_ups.get(step_up_id) if step_up_id else None
        client = self.clients.get(step_up.client_id) if step_up is not None else None
        if step_up is None or client is None:
            return []
        addresses = (self._address(client, step_up), step_up.parameters.text("redirect_uri"))
        return list(dict.fromkeys(origin(address) for address in addresses if address))

    def _address(self, client: Client, step_up: StepUp) -> str:
        """``iss`` always, ``target_link_uri`` only if the portal sent one, and only while it lies at the portal."""
        start = client.initiate_login_uri
        if not start or page_fault(start, https=self.settings.secure) is not None:
            return client.client_uri
        query = {"iss": self.settings.issuer}
        target = step_up.parameters.text("target_link_uri")
        if target and may_lead(client, target):
            query["target_link_uri"] = target
        return extended(start, query.items())
