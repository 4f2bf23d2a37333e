"""Authorization requests that wait for the person: kept by a random id, so tabs, the back button and killed workers
end well. A transaction is evaluated afresh with the browser's present session whenever it is resumed.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from idp.kernel.clock import Clock, from_timestamp
from idp.kernel.ids import new_secret
from idp.protocol.requests import Form
from idp.store.short_lived import ShortLived

#: How long a person may take from the portal's request to its answer.
SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Transaction:
    """``parameters`` are the request as sent; ``started_at`` tells which authentication answers ``prompt=login``.

    ``agreed`` holds what the person answered on pages meanwhile (``consent``, ``declined``).
    """

    id: str
    client_id: str
    parameters: Form
    started_at: datetime
    agreed: frozenset[str] = frozenset()

    @property
    def origin(self) -> str:
        """Where the answer will be sent: pages name it in ``form-action``, for Chromium checks redirects."""
        parts = urlsplit(self.parameters.text("redirect_uri"))
        if parts.scheme in ("http", "https"):
            return f"{parts.scheme}://{parts.netloc}"
        return f"{parts.scheme}:" if parts.scheme else ""

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
            frozenset(kept["agreed"]),
        )

    def agree(self, transaction: Transaction, word: str) -> None:
        """Remember an answer that the person gave on a page."""
        self._keep(
            Transaction(
                transaction.id,
                transaction.client_id,
                transaction.parameters,
                transaction.started_at,
                transaction.agreed | {word},
            )
        )

    def finish(self, transaction: Transaction) -> bool:
        """Take it, as its response is sent; False if a response was sent before."""
        taken = self.short_lived.take("transaction", transaction.id)
        return taken is not None and taken.uses == 1

    def _keep(self, transaction: Transaction) -> None:
        self.short_lived.replace(
            "transaction",
            transaction.id,
            {
                "client_id": transaction.client_id,
                "parameters": transaction.parameters.pairs,
                "started_at": transaction.started_at.timestamp(),
                "agreed": sorted(transaction.agreed),
            },
            SECONDS,
        )
