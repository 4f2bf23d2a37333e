"""A level has fallen: grants that were bound to it end, and the portals that were told more hear of it (OID-08).

They hear by a logout token (OpenID Connect Back-Channel Logout 1.0): their visit ends, and the next one begins with the
level there is. The person stays signed in here. Rule 8 of the acr table.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from idp.assurance import acr
from idp.assurance.levels import Level
from idp.clients.client import Client
from idp.flows.logout import EndSessions
from idp.flows.tell_again import TellAgain
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.protocol.grant import Grant
from idp.store.clients import Clients
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.outbox import Outbox

CAUSE = "level_fell"
#: For how long pages show who was told.
_SHOWN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Heard:
    """A portal that was told of a fall: ``seconds`` after it, or not yet; ``failed`` if we gave up."""

    client: Client
    fell_at: datetime
    seconds: float | None
    failed: bool


@dataclass(frozen=True, slots=True)
class TellOfFall:
    grants: Grants
    clients: Clients
    outbox: Outbox
    end_sessions: EndSessions
    tell_again: TellAgain
    journal: Journal
    now: Clock

    def note(self, account_id: str, level: Level | None) -> None:
        """Inside the transaction of the fall: end what is bound to more, write down who must hear of it."""
        at, gives = self.now(), acr.session_gives(level)
        told_more = []
        for grant in self.grants.of_account(account_id):
            if grant.expires_at <= at:
                continue
            if acr.answer(grant.acr_request, gives, level or "") is None:
                self.grants.end(grant.id, "level_lost", at)
                details = {"grant": grant.id, "told": grant.told_acr}
                self.journal.record(Event("grant.level_lost", account_id, client_id=grant.client_id, details=details))
            if _was_told_more(grant, level, gives):
                told_more.append(grant)
        self.end_sessions.write_down(account_id, told_more, cause=CAUSE)

    def tell(self, account_id: str) -> None:
        """After the transaction, from the page that caused it: tell at once, wait a moment; the job tells the rest."""
        self.tell_again.now_of(account_id, CAUSE, self.end_sessions.patience)

    def heard(self, account_id: str) -> list[Heard]:
        """Return who was told of the person's latest falls, and how long after."""
        found = []
        for fate in self.outbox.fate_of(account_id, CAUSE, self.now() - _SHOWN):
            client = self.clients.get(fate.reference)
            if client is not None:
                took = (fate.done_at - fate.created_at).total_seconds() if fate.done_at and not fate.failed else None
                found.append(Heard(client, fate.created_at, took, fate.failed))
        return found


def _was_told_more(grant: Grant, level: Level | None, gives: tuple[str, ...]) -> bool:
    if grant.told_acr not in gives:
        return True
    return bool(grant.told_level) and (level is None or Level(grant.told_level).rank > level.rank)
