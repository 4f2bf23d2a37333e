"""Signing out: the session and its grants end, and every portal of it is told, now if it answers, else by the job.

OpenID Connect RP-Initiated Logout 1.0, Back-Channel Logout 1.0; GEN-16, rule 8 of the acr table.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum

from idp.accounts.session import Session
from idp.clients.client import Client
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.keys.signer import Signer
from idp.protocol.grant import Grant
from idp.protocol.logout_tokens import logout_token
from idp.protocol.subject import Subjects
from idp.store.clients import Clients
from idp.store.database import Database
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.outbox import Outbox
from idp.store.sessions import Sessions

#: How long a person waits for portals to answer; who hasn't by then is told by the job.
PATIENCE_SECONDS = 2.5
#: Posts a form to an address a client gave, within a time; returns the status; raises ``OSError``.
PostForm = Callable[[str, dict[str, str], float], int]


class Result(StrEnum):
    SIGNED_OUT = "signed_out"
    WILL_RETRY = "will_retry"
    NOT_TOLD = "not_told"


@dataclass(frozen=True, slots=True)
class Told:
    """One portal and how it took the sign-out; ``not_told`` ones have no address for it."""

    client: Client
    result: Result


@dataclass(frozen=True, slots=True)
class TellPortal:
    """Send one logout token to one client; raises ``OSError`` if it wasn't accepted."""

    post: PostForm
    signer: Callable[[str], Signer]
    subjects: Subjects
    issuer: str
    default_alg: str
    now: Clock

    def __call__(self, client: Client, account_id: str, sid: str, seconds: float = PATIENCE_SECONDS) -> None:
        signer = self.signer(client.id_token_signed_response_alg or self.default_alg)
        sub = self.subjects.of(client, account_id)
        token = logout_token(signer, self.issuer, client.client_id, sub, sid, self.now())
        status = self.post(client.backchannel_logout_uri, {"logout_token": token}, seconds)
        if status not in (200, 204):
            raise OSError(f"status {status}")


@dataclass(frozen=True, slots=True)
class EndSessions:
    """End sessions with their grants; ``account`` ends all of a person's but one. Returns who was told, and how."""

    sessions: Sessions
    grants: Grants
    clients: Clients
    outbox: Outbox
    journal: Journal
    database: Database
    tell: TellPortal
    now: Clock

    def one(self, session_id: str, reason: str = "signed_out") -> list[Told]:
        at = self.now()
        session = self.sessions.get(session_id)
        if session is None:
            return []
        with self.database.together():
            grants = self.grants.of_session(session_id)
            if self.sessions.end(session_id, at):
                self.grants.end_of_session(session_id, reason, at)
                details = {"sid": session_id, "reason": reason}
                self.journal.record(Event("session.ended", session.account_id, session.account_id, details=details))
        return self._tell([session], grants)

    def account(self, account_id: str, but: str = "", reason: str = "signed_out") -> list[Told]:
        """End every session of a person but one, with all grants of those sessions, offline ones too."""
        at = self.now()
        grants: list[Grant] = []
        with self.database.together():
            ended = self.sessions.end_all(account_id, at, but)
            for session in ended:
                grants.extend(self.grants.of_session(session.id))
                self.grants.end_of_session(session.id, reason, at)
            for grant in self.grants.of_account(account_id):
                if grant.session_id != but:
                    self.grants.end(grant.id, reason, at)
            details = {"sessions": len(ended), "reason": reason}
            self.journal.record(Event("session.all_ended", account_id, account_id, details=details))
        return self._tell(ended, grants)

    def _tell(self, ended: Iterable[Session], grants: Iterable[Grant]) -> list[Told]:
        """Tell every portal that got a code in these sessions, each once a session, all at the same time."""
        owners = {session.id: session.account_id for session in ended}
        pairs = dict.fromkeys((grant.client_id, grant.session_id) for grant in grants if grant.session_id in owners)
        found = [(self.clients.get(client_id), sid) for client_id, sid in pairs]
        known = [(client, sid) for client, sid in found if client is not None and client.disabled_at is None]
        reachable = [(client, sid) for client, sid in known if client.backchannel_logout_uri]
        told = {client.client_id: Told(client, Result.NOT_TOLD) for client, _ in known}
        if reachable:
            pool = ThreadPoolExecutor(max_workers=min(16, len(reachable)), thread_name_prefix="logout")
            try:
                asked = {pool.submit(self.tell, client, owners[sid], sid): (client, sid) for client, sid in reachable}
                done, _ = wait(asked, timeout=PATIENCE_SECONDS)
                for future, (client, sid) in asked.items():
                    if future in done and future.exception() is None:
                        told.setdefault(client.client_id, Told(client, Result.SIGNED_OUT))
                        if told[client.client_id].result is Result.NOT_TOLD:
                            told[client.client_id] = Told(client, Result.SIGNED_OUT)
                    else:
                        told[client.client_id] = Told(client, Result.WILL_RETRY)
                        parcel = {"client_id": client.client_id, "account_id": owners[sid], "sid": sid}
                        self.outbox.add("logout", parcel, owners[sid], reference=client.client_id)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
        return list(told.values())
