"""Sign in by a name and a password. Unknown and wrong are one refusal after the same work.

Tries are counted twice, for two ends. The account's counter, one over all its names and spellings, stops whoever
guesses; the name's counter is what the page announces. Were the account's announced, wrong tries with a login would
show in the tries that are left to an e-mail, and anybody could learn that both are one person's. So the last try and
the wait follow from tries with that very name alone, which are counted alike whether or not somebody has it. The
account's counter is silent: past it the right password too is answered like a wrong one, after the same work, until
the window is over or a recovery sets a new password. Whoever failed a few times is told that this can be so, and this
also by the name's own count.
"""

from dataclasses import dataclass

from idp.accounts.account import Account
from idp.accounts.password_hash import Hasher
from idp.accounts.throttle import TooMany
from idp.flows.limits import Throttle
from idp.flows.login.finish import Attempt, FinishLogin, Started
from idp.flows.login.who import FindByName, spelled
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.refusal import Refused
from idp.store.credentials import Credentials
from idp.store.journal import Journal

#: After so many failures with one name its page explains that a right password may have to wait.
_OFTEN = 3


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    who: FindByName
    credentials: Credentials
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
        """Return the account whose name and password these are. Two counts, one look-up and one hash, always; nothing
        of it for whoever finds too long a line before the hash (``Overloaded``)."""
        with self.hasher.in_line():
            return self._verify(name, password, attempt)

    def _verify(self, name: str, password: str, attempt: Attempt) -> Account:
        found, called = self.who.all(name), spelled(name)
        account = found[0] if len(found) == 1 else None
        bucket = account.id if account else f"nobody:{called}"
        self.throttle.check("sign_in_tries_per_address", attempt.address)
        left = self.throttle.count("sign_in_tries", called)
        spent = self.throttle.spent("sign_in_tries", bucket)

        stored = account.password_hash if account else None
        if not self.hasher.matches(password[:1024], stored) or spent:
            self._failed(account, attempt)
            raise self._refusal(left)
        assert account is not None
        self.throttle.forgive("sign_in_tries", called)
        self.throttle.forgive("sign_in_tries", account.id)
        if self.hasher.is_outdated(account.password_hash):
            self.credentials.rehash(account, self.hasher.make(password))
        return account

    def _refusal(self, left: int) -> Refused:
        """Return what a wrong try is answered, by how many are left to its name."""
        limits = self.throttle.limits
        minutes = max(1, round(limits.window_seconds / 60))
        if left == 0:
            return TooMany("sign_in_tries", minutes)
        if left == 1:
            return Refused("sign_in.last_try")
        if left <= limits.sign_in_tries - _OFTEN:
            return Refused("sign_in.wrong_often", minutes=minutes)
        return Refused("sign_in.wrong")

    def _failed(self, account: Account | None, attempt: Attempt) -> None:
        """The line is written either way, so that the time tells nothing."""
        self.throttle.spent("sign_in_tries_per_address", attempt.address)
        self.journal.record(
            Event(
                "session.refused",
                account.id if account else "",
                address=attempt.address,
                details={"browser": attempt.agent},
            )
        )
