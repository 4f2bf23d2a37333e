"""The present password, asked once more before something that can't be undone."""

from dataclasses import dataclass

from idp.accounts.account import Account
from idp.accounts.password_hash import Hasher
from idp.flows.limits import Throttle
from idp.kernel.refusal import Refused
from idp.store.credentials import Credentials


@dataclass(frozen=True, slots=True)
class RequirePassword:
    """Shares the bucket of sign-in, so that an open page is no way around its limit."""

    hasher: Hasher
    throttle: Throttle
    credentials: Credentials

    def __call__(self, account: Account, password: str) -> None:
        if not password:
            raise Refused("password.present_missing")
        with self.hasher.in_line():
            self.throttle.count("sign_in_tries", account.id)
            if not self.hasher.matches(password[:1024], account.password_hash):
                raise Refused("password.present_wrong")
        self.throttle.forgive("sign_in_tries", account.id)

    def hold(self, account: Account) -> None:
        """Inside the transaction of what was asked for: refuse if that password was replaced meanwhile."""
        if not self.credentials.hold(account):
            raise Refused("password.present_wrong")
