"""The end of every way to sign in: a session starts, or the present one of the same person is renewed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from idp.accounts.account import Account
from idp.accounts.session import Session
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.ids import digest, new_id, new_secret
from idp.kernel.refusal import Refused
from idp.kernel.settings import Sessions as Limits
from idp.store.credentials import Credentials
from idp.store.database import Database
from idp.store.journal import Journal
from idp.store.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Attempt:
    """Where a sign-in comes from, and what the browser had before."""

    address: str = ""
    agent: str = ""
    shared_computer: bool = False
    present: Session | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """``secret`` goes into the browser's cookie and nowhere else."""

    session: Session
    secret: str


@dataclass(frozen=True, slots=True)
class FinishLogin:
    """The same person authenticating again keeps the session (``sid`` and single sign-on stay) under a new secret;
    methods add up and ``auth_time`` moves (rule 9). Anybody else gets a session of their own; the one that was in
    this browser ends.

    Checking a password takes a while. If the account got another one meanwhile (a recovery), or was closed, nothing
    starts: what ends all sessions must not miss one that was on its way.
    """

    sessions: Sessions
    credentials: Credentials
    journal: Journal
    database: Database
    limits: Limits
    now: Clock
    end: Callable[[str], None]

    def __call__(self, account: Account, amr: tuple[str, ...], attempt: Attempt) -> Started:
        at, secret, present = self.now(), new_secret(), attempt.present
        if present is not None and present.account_id == account.id and present.is_live(at):
            methods = tuple(dict.fromkeys((*present.amr, *amr)))
            with self.database.together():
                self._hold(account)
                renewed = self.sessions.reauthenticated(present.id, methods, at, digest(secret))
                if renewed:
                    self._record("session.reauthenticated", account, present.id, attempt, methods)
            if renewed:
                return Started(replace(present, amr=methods, auth_time=at, seen_at=at), secret)

        idle = self.limits.shared_idle_minutes if attempt.shared_computer else self.limits.idle_minutes
        session = Session(
            id=new_id(),
            account_id=account.id,
            amr=amr,
            auth_time=at,
            created_at=at,
            seen_at=at,
            expires_at=at + timedelta(hours=self.limits.absolute_hours),
            idle_seconds=idle * 60,
            shared_computer=attempt.shared_computer,
            browser=attempt.agent,
            address=attempt.address,
        )
        with self.database.together():
            self._hold(account)
            self.sessions.start(session, digest(secret))
            self._record("session.started", account, session.id, attempt, amr)
        if present is not None:
            self.end(present.id)
        return Started(session, secret)

    def _hold(self, account: Account) -> None:
        if not self.credentials.hold(account):
            raise Refused("sign_in.wrong")

    def _record(self, kind: str, account: Account, sid: str, attempt: Attempt, amr: tuple[str, ...]) -> None:
        details = {"sid": sid, "amr": list(amr), "browser": attempt.agent}
        self.journal.record(Event(kind, account.id, account.id, address=attempt.address, details=details))
