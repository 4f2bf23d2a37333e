"""Authorization requests that wait for the person: kept by a random id, so tabs, the back button and killed workers
end well. A transaction is evaluated afresh with the browser's present session whenever it is resumed.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from idp.kernel.clock import Clock, from_timestamp
from idp.kernel.ids import new_secret
from idp.protocol.requests import Form
from idp.protocol.response_modes import origin
from idp.store.short_lived import ShortLived

#: How long a person may take from the portal's request to its answer.
SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Transaction:
    """``parameters`` are the request as sent, its redirect URI known to be the client's; ``started_at`` tells which
    authentication answers ``prompt=login``.

    ``answers`` holds what was answered on pages meanwhile, and which account did: an address with a transaction in it
    can be handed on, an answer can't.
    """

    id: str
    client_id: str
    parameters: Form
    started_at: datetime
    answers: frozenset[tuple[str, str]] = frozenset()

    @property
    def origin(self) -> str:
        """Where the answer will be sent: pages name it in ``form-action``, for Chromium checks redirects."""
        return origin(self.parameters.text("redirect_uri"))

    @property
    def ui_locales(self) -> tuple[str, ...]:
        return tuple(self.parameters.text("ui_locales").split())

    @property
    def login_hint(self) -> str:
        return self.parameters.text("login_hint")[:320]

    @property
    def prompt(self) -> frozenset[str]:
        return frozenset(self.parameters.text("prompt").split())


@dataclass(frozen=True, slots=True)
class Transactions:
    short_lived: ShortLived
    now: Clock

    def begin(self, client_id: str, parameters: Form) -> Transaction:
        """Keep a request; its id is as hard to guess as a session's."""
        transaction = Transaction(new_secret(), client_id, parameters, self.now())
        self._keep(transaction)
        return transaction

    def get(self, transaction_id: str) -> Transaction | None:
        kept = self.short_lived.get("transaction", transaction_id) if 20 <= len(transaction_id) <= 100 else None
        if kept is None:
            return None
        return Transaction(
            transaction_id,
            kept["client_id"],
            Form(tuple((name, value) for name, value in kept["parameters"])),
            from_timestamp(kept["started_at"]),
            frozenset((word, account_id) for word, account_id in kept["answers"]),
        )

    def answer(self, transaction: Transaction, word: str, account_id: str) -> None:
        """Remember what a person answered on a page."""
        self._keep(replace(transaction, answers=transaction.answers | {(word, account_id)}))

    def finish(self, transaction: Transaction) -> bool:
        """Mark it, as its response is sent; False if a response was sent before."""
        return self.short_lived.put("answered", transaction.id, True, SECONDS)

    def is_finished(self, transaction: Transaction) -> bool:
        return self.short_lived.get("answered", transaction.id) is not None

    def _keep(self, transaction: Transaction) -> None:
        self.short_lived.replace(
            "transaction",
            transaction.id,
            {
                "client_id": transaction.client_id,
                "parameters": transaction.parameters.pairs,
                "started_at": transaction.started_at.timestamp(),
                "answers": sorted(transaction.answers),
            },
            SECONDS,
        )
