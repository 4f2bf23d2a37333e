"""A level has come: tell the person which portals waited for it, and where each goes on. Once for each request."""

from dataclasses import dataclass

from idp.flows.account.notify import Notify
from idp.flows.authorize.take_up import TakeUp
from idp.kernel.clock import Clock
from idp.store.accounts import Accounts
from idp.store.step_ups import StepUps


@dataclass(frozen=True, slots=True)
class TellReady:
    """Called by whatever raises a level while the person isn't before us; on a page they see what waits at once."""

    take_up: TakeUp
    step_ups: StepUps
    accounts: Accounts
    notify: Notify
    issuer: str
    now: Clock

    def __call__(self, account_id: str) -> None:
        account = self.accounts.get(account_id)
        for item in self.take_up.waiting(account_id):
            if account is not None and item.ready and self.step_ups.tell(item.step_up.id, self.now()):
                link = f"{self.issuer}/waiting/{item.step_up.id}"
                said = {"portal": item.client.name(account.locale), "link": link}
                self.notify(account_id, "step_up_ready", said)
