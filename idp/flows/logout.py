"""Signing out: the session and its grants end, and every portal of it is told, now if it answers, else by the job.

OpenID Connect RP-Initiated Logout 1.0, Back-Channel Logout 1.0; GEN-16, rule 8 of the acr table.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

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

#: The outbox's channel of logout tokens, and for how long the job leaves a fresh parcel to the one who wrote it.
CHANNEL = "logout"
_HELD = timedelta(seconds=10)
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

    def __call__(self, client: Client, account_id: str, sid: str, seconds: float) -> None:
        signer = self.signer(client.id_token_signed_response_alg or self.default_alg)
        sub = self.subjects.of(client, account_id)
        token = logout_token(signer, self.issuer, client.client_id, sub, sid, self.now())
        status = self.post(client.backchannel_logout_uri, {"logout_token": token}, seconds)
        if status not in (200, 204):
            raise OSError(f"status {status}")


@dataclass(frozen=True, slots=True)
class Call:
    """One portal to tell of one session; ``parcel`` is its row in the outbox, empty if it has no address for it."""

    client: Client
    account_id: str
    sid: str
    parcel: str


@dataclass(frozen=True, slots=True)
class EndSessions:
    """End sessions with their grants; ``account`` ends all of a person's but one. Returns who was told, and how.

    ``patience`` is how many seconds a person waits for portals to answer; who hasn't by then is told by the job.
    """

    sessions: Sessions
    grants: Grants
    clients: Clients
    outbox: Outbox
    journal: Journal
    database: Database
    tell: TellPortal
    patience: float
    now: Clock

    def one(self, session_id: str, reason: str = "signed_out") -> list[Told]:
        """End one session, and wait a moment for its portals; the second of two presses has nothing left to do."""
        return self.tell_all(self._end(session_id, reason))

    def unheard(self, session_id: str, reason: str = "signed_out") -> None:
        """End one session while the person goes on elsewhere: its portals are told by the job."""
        self._end(session_id, reason, timedelta(0))

    def account(self, account_id: str, but: str = "", reason: str = "signed_out") -> list[Told]:
        """End every session of a person but one, and all grants but that one's; tell their portals."""
        with self.database.together():
            calls = self.end_all(account_id, but, reason)
        return self.tell_all(calls)

    def end_all(self, account_id: str, but: str = "", reason: str = "signed_out") -> list[Call]:
        """The same inside the caller's transaction; ``tell_all`` comes after it. A grant that outlived its session
        (``offline_access``) ends too, and its portal is told like the others."""
        at = self.now()
        ended = self.sessions.end_all(account_id, at, but)
        grants = [grant for session in ended for grant in self.grants.of_session(session.id)]
        for grant in self.grants.of_account(account_id):
            if grant.session_id != but:
                grants.append(grant)
                self.grants.end(grant.id, reason, at)
        details = {"sessions": len(ended), "reason": reason}
        self.journal.record(Event("session.all_ended", account_id, account_id, details=details))
        return self.write_down(account_id, grants, _HELD)

    def _end(self, session_id: str, reason: str, held: timedelta = _HELD) -> list[Call]:
        at = self.now()
        session = self.sessions.get(session_id)
        with self.database.together():
            if session is None or not self.sessions.end(session_id, at):
                return []
            grants = self.grants.of_session(session_id)
            self.grants.end_of_session(session_id, reason, at)
            details = {"sid": session_id, "reason": reason}
            self.journal.record(Event("session.ended", session.account_id, session.account_id, details=details))
            return self.write_down(session.account_id, grants, held)

    def write_down(
        self, account_id: str, grants: Iterable[Grant], held: timedelta = timedelta(0), cause: str = ""
    ) -> list[Call]:
        """Note every portal of a person's grants, each once a session, before any is told: whatever happens to this
        process, the job will tell it, ``held`` later."""
        calls = []
        for client_id, sid in dict.fromkeys((grant.client_id, grant.session_id) for grant in grants):
            client = self.clients.get(client_id)
            if client is None or client.disabled_at is not None:
                continue
            parcel = ""
            if client.backchannel_logout_uri:
                payload = {"account_id": account_id, "sid": sid}
                parcel = self.outbox.add(CHANNEL, payload, account_id, client_id, after=held, cause=cause)
            calls.append(Call(client, account_id, sid, parcel))
        return calls

    def tell_all(self, calls: Sequence[Call]) -> list[Told]:
        """Tell all portals at the same time; one with several sessions is told when it took all of them."""
        accepted = self._ask([call for call in calls if call.parcel])
        told: dict[str, Told] = {}
        for call in calls:
            if not call.parcel:
                result = Result.NOT_TOLD
            elif call.parcel in accepted:
                self.outbox.done(call.parcel)
                result = Result.SIGNED_OUT
            else:
                self.outbox.again(call.parcel, "no good answer at once", timedelta(seconds=2))
                result = Result.WILL_RETRY
            if call.client.client_id not in told or result is Result.WILL_RETRY:
                told[call.client.client_id] = Told(call.client, result)
        return list(told.values())

    def _ask(self, calls: Sequence[Call]) -> frozenset[str]:
        """Return the parcels that were accepted within our patience."""
        if not calls:
            return frozenset()
        pool = ThreadPoolExecutor(min(16, len(calls)), thread_name_prefix="logout")
        try:
            asked = {
                pool.submit(self.tell, call.client, call.account_id, call.sid, self.patience): call.parcel
                for call in calls
            }
            done, _ = wait(asked, self.patience)
            return frozenset(asked[future] for future in done if future.exception() is None)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
