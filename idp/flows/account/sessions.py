"""Where a person is signed in, with the portals of each session, and the journal of sign-ins (CAB-48, CAB-50)."""

from dataclasses import dataclass

from idp.accounts.session import Session
from idp.clients.client import Client
from idp.kernel.clock import Clock
from idp.store.clients import Clients
from idp.store.grants import Grants
from idp.store.journal import Journal, Line
from idp.store.sessions import Sessions

#: What the journal of sign-ins shows; words stand under ``sign_ins.<kind>``.
KINDS = (
    "session.started",
    "session.reauthenticated",
    "session.refused",
    "session.ended",
    "session.all_ended",
    "password.changed",
    "password.recovered",
    "recovery.wrong_answer",
)


@dataclass(frozen=True, slots=True)
class Device:
    """A live session and the portals that got something in it."""

    session: Session
    portals: tuple[Client, ...]


@dataclass(frozen=True, slots=True)
class Devices:
    sessions: Sessions
    grants: Grants
    clients: Clients
    journal: Journal
    now: Clock

    def live(self, account_id: str) -> list[Device]:
        """Return the live sessions, newest first."""
        at = self.now()
        return [
            Device(session, self._portals(session.id))
            for session in self.sessions.of(account_id)
            if session.is_live(at)
        ]

    def sign_ins(self, account_id: str, most: int, skip: int) -> list[Line]:
        return self.journal.of_kinds(account_id, KINDS, most, skip)

    def _portals(self, session_id: str) -> tuple[Client, ...]:
        names = dict.fromkeys(grant.client_id for grant in self.grants.of_session(session_id))
        found = (self.clients.get(client_id) for client_id in names)
        return tuple(client for client in found if client is not None)
