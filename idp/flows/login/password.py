"""Sign in by a name and a password. Unknown and wrong are one refusal after the same work."""

from dataclasses import dataclass

from idp.accounts.account import Account
from idp.accounts.password_hash import Hasher
from idp.accounts.throttle import TooMany
from idp.flows.limits import Throttle
from idp.flows.login.finish import Attempt, FinishLogin, Started
from idp.flows.login.who import FindByName, normal
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.refusal import Refused
from idp.store.accounts import Accounts
from idp.store.journal import Journal


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    who: FindByName
    accounts: Accounts
    hasher: Hasher
    throttle: Throttle
    journal: Journal
    finish: FinishLogin
    now: Clock

    def __call__(self, name: str, password: str, attempt: Attempt) -> Started:
        """Start a session; raise ``Refused`` (``sign_in.wrong``) or ``TooMany``."""
        account = self.verify(name, password, attempt)
        return self.finish(account, ("pwd",), attempt)

    def verify(self, name: str, password: str, attempt: Attempt) -> Account:
        """Return the account whose name and password these are. One count, one look-up and one hash, always."""
        kind, value = normal(name)
        found = self.who.all(name)
        account = found[0] if len(found) == 1 else None
        # One bucket an account, whatever name it is called by; unknown names have their own.
        bucket = account.id if account else f"{kind}:{value.lower()}"
        self.throttle.check("sign_in_tries_per_address", attempt.address)
        left = self.throttle.count("sign_in_tries", bucket)

        stored = account.password_hash if account else None
        if not self.hasher.matches(password[:1024], stored):
            self._failed(account, attempt)
            if left == 0:
                minutes = max(1, round(self.throttle.limits.window_seconds / 60))
                raise TooMany("sign_in_tries", minutes)
            raise Refused("sign_in.last_try" if left == 1 else "sign_in.wrong")
        self.throttle.forgive("sign_in_tries", bucket)
        assert account is not None
        if self.hasher.is_outdated(account.password_hash):
            self.accounts.rehash(account.id, self.hasher.make(password))
        return account

    def _failed(self, account: Account | None, attempt: Attempt) -> None:
        """The line is written either way, so that the time tells nothing."""
        self.throttle.short_lived.count(
            "limit", f"sign_in_tries_per_address:{attempt.address}", self.throttle.limits.window_seconds
        )
        self.journal.record(
            Event(
                "session.refused",
                account.id if account else "",
                address=attempt.address,
                details={"browser": attempt.agent},
            )
        )
