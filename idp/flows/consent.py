"""A person lets a portal have data: what is asked, and the answer (D-01)."""

from dataclasses import dataclass

from idp.accounts.consent import Sharing
from idp.flows.account.notify import Notify
from idp.flows.authorize.context import Context
from idp.flows.authorize.interactions import asked_claims
from idp.flows.authorize.transactions import Transactions
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.protocol.scopes import OPENID
from idp.store.database import Database
from idp.store.journal import Journal
from idp.store.sharings import Sharings


@dataclass(frozen=True, slots=True)
class Agree:
    """Keep a permission, with what an earlier one already covered, and let the waiting request go on."""

    sharings: Sharings
    transactions: Transactions
    journal: Journal
    notify: Notify
    database: Database
    now: Clock

    def __call__(self, context: Context) -> None:
        account, client, transaction = context.present.account, context.relying_party, context.transaction
        assert account is not None and transaction is not None
        scopes, claims = context.scope - {OPENID}, asked_claims(context)
        earlier = self.sharings.get(account.id, client.client_id)
        if earlier is not None and earlier.withdrawn_at is None:
            scopes, claims = scopes | earlier.scopes, claims | earlier.claims
        with self.database.together():
            self.sharings.give(Sharing(account.id, client.client_id, scopes, claims, self.now()))
            details = {"scopes": sorted(scopes), "claims": sorted(claims)}
            self.journal.record(Event("sharing.given", account.id, account.id, client.client_id, details=details))
            self.notify(account.id, "sharing_given", {"portal": client.name(account.locale)})
        self.transactions.answer(transaction, "consent", account.id)

    def refuse(self, context: Context) -> None:
        assert context.transaction is not None and context.present.account is not None
        self.transactions.answer(context.transaction, "refused", context.present.account.id)
