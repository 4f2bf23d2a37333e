"""The present password, asked once more before something that can't be undone."""

from dataclasses import dataclass

from idp.accounts.account import Account
from idp.accounts.password_hash import Hasher
from idp.flows.limits import Throttle
from idp.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class RequirePassword:
    """Shares the bucket of sign-in, so that an open page is no way around its limit."""

    hasher: Hasher
    throttle: Throttle

    def __call__(self, account: Account, password: str) -> None:
        if not password:
            raise Refused("password.present_missing")
        with self.hasher.in_line():
            self.throttle.count("sign_in_tries", account.id)
            if not self.hasher.matches(password[:1024], account.password_hash):
                raise Refused("password.present_wrong")
        self.throttle.forgive("sign_in_tries", account.id)
