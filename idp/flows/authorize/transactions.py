"""Authorization requests that wait for the person: kept by a random id, so tabs, the back button and killed workers
end well. A transaction is evaluated afresh with the browser's present session whenever it is resumed.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from idp.assurance.acr import AcrRequest
from idp.kernel.assurance_settings import StepUp as Limits
from idp.kernel.clock import Clock, from_timestamp
from idp.kernel.ids import digest, new_secret, same
from idp.protocol.requests import Form
from idp.protocol.response_modes import origin
from idp.protocol.step_up import StepUp
from idp.store.short_lived import ShortLived
from idp.store.step_ups import StepUps


@dataclass(frozen=True, slots=True)
class Transaction:
    """``parameters`` are the request as sent, its redirect URI known to be the client's; ``started_at`` tells which
    authentication answers ``prompt=login``.

    ``answers`` holds what was answered on pages meanwhile, and which account did: an address with a transaction in it
    can be handed on, an answer can't. ``step_up`` names the lasting record of a request that waits for a level;
    from then on it belongs to the ``browser`` with that mark alone.
    """

    id: str
    client_id: str
    parameters: Form
    started_at: datetime
    answers: frozenset[tuple[str, str]] = frozenset()
    step_up: str = ""
    browser: str = ""

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
    step_ups: StepUps
    limits: Limits
    seconds: int
    now: Clock

    def begin(self, client_id: str, parameters: Form) -> Transaction:
        """Keep a request; its id is as hard to guess as a session's."""
        transaction = Transaction(new_secret(), client_id, parameters, self.now())
        self._keep(transaction)
        return transaction

    def get(self, transaction_id: str) -> Transaction | None:
        if not 20 <= len(transaction_id) <= 100:
            return None
        kept = self.short_lived.get("transaction", transaction_id)
        if kept is None:
            lasting = self.step_ups.get(lasting_id(transaction_id))
            return _of(lasting, transaction_id) if lasting is not None else None
        return Transaction(
            transaction_id,
            kept["client_id"],
            Form(tuple((name, value) for name, value in kept["parameters"])),
            from_timestamp(kept["started_at"]),
            frozenset((word, account_id) for word, account_id in kept["answers"]),
            kept["step_up"],
            kept["browser"],
        )

    def lasting(self, transaction: Transaction, account_id: str, asked: AcrRequest, browser: str) -> StepUp:
        """Return the record by which a request that waits for a level outlives this store."""
        until = self.now() + timedelta(days=self.limits.wait_days)
        sent, began = transaction.parameters, transaction.started_at
        return StepUp(lasting_id(transaction.id), account_id, transaction.client_id, sent, asked, browser, began, until)

    def let_wait(self, lasting: StepUp) -> None:
        """Write it down; ``Conflict`` where that was done. What the same portal asked of this person before, and can't
        be answered any more, gives way to it."""
        stale = self.now() - timedelta(minutes=self.limits.state_minutes)
        self.step_ups.drop_stale(lasting.account_id, lasting.client_id, stale)
        self.step_ups.add(lasting)

    def bind(self, transaction: Transaction) -> Transaction:
        """Let a request go on only in the browser that its lasting record names."""
        lasting = self.step_ups.get(lasting_id(transaction.id))
        if lasting is None:
            return transaction
        bound = replace(transaction, step_up=lasting.id, browser=lasting.browser)
        self._keep(bound)
        return bound

    def take_up(self, step_up: StepUp) -> Transaction:
        """Let a lasting request be answered again by whoever holds its browser."""
        transaction = _of(step_up, new_secret())
        self._keep(transaction)
        return transaction

    def is_answerable(self, waiting: Transaction | StepUp, browser: str) -> bool:
        """Tell whether an answer would find the portal's state: in the browser that asked, while that is fresh."""
        fresh = self.now() - waiting.started_at <= timedelta(minutes=self.limits.state_minutes)
        return fresh and bool(browser) and same(waiting.browser, browser)

    def answer(self, transaction: Transaction, word: str, account_id: str) -> None:
        """Remember what a person answered on a page."""
        self._keep(replace(transaction, answers=transaction.answers | {(word, account_id)}))

    def finish(self, transaction: Transaction) -> bool:
        """Mark it, as its response is sent; False if a response was sent before, or its portal started afresh."""
        if not self.short_lived.put("answered", transaction.id, True, self.seconds):
            return False
        return not transaction.step_up or self.step_ups.take(transaction.step_up, self.now())

    def is_finished(self, transaction: Transaction) -> bool:
        if self.short_lived.get("answered", transaction.id) is not None:
            return True
        lasting = self.step_ups.get(transaction.step_up) if transaction.step_up else None
        return lasting is not None and lasting.taken_at is not None

    def _keep(self, transaction: Transaction) -> None:
        self.short_lived.replace(
            "transaction",
            transaction.id,
            {
                "client_id": transaction.client_id,
                "parameters": transaction.parameters.pairs,
                "started_at": transaction.started_at.timestamp(),
                "answers": sorted(transaction.answers),
                "step_up": transaction.step_up,
                "browser": transaction.browser,
            },
            self.seconds,
        )


def lasting_id(transaction_id: str) -> str:
    """Return the id of the lasting record of a request: public, and no way back to the request's own id."""
    return digest(transaction_id)[:32]


def _of(step_up: StepUp, transaction_id: str) -> Transaction:
    return Transaction(
        transaction_id,
        step_up.client_id,
        step_up.parameters,
        step_up.started_at,
        step_up=step_up.id,
        browser=step_up.browser,
    )
