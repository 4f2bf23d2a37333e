"""An own login, chosen by somebody signed in (D-02, Q-04): unique, rate-limited, told when taken."""

from dataclasses import dataclass

from idp.accounts.login_name import parse_login
from idp.flows.account.notify import Notify
from idp.flows.limits import Throttle
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.refusal import Refused
from idp.store.accounts import Accounts
from idp.store.database import Conflict, Database
from idp.store.journal import Journal


@dataclass(frozen=True, slots=True)
class ChooseLogin:
    accounts: Accounts
    throttle: Throttle
    journal: Journal
    notify: Notify
    database: Database
    now: Clock

    def __call__(self, account_id: str, text: str) -> str:
        """Give the account this login; the unique index decides. ``Refused``: malformed, ``login.taken``, too many."""
        login = parse_login(text)
        self.throttle.count("login_choices", account_id)
        try:
            with self.database.together():
                self.accounts.set_login(account_id, login, True, self.now())
                self.journal.record(Event("login.chosen", account_id, account_id))
                self.notify(account_id, "login_changed", {"login": login})
        except Conflict as conflict:
            raise Refused("login.taken") from conflict
        return login
