"""The authorization endpoint as a flow: the steps in order, what they refuse, and how a waiting request goes on."""

from collections.abc import Callable
from dataclasses import dataclass

from idp.assurance import acr
from idp.flows.authorize.check_claims import check_acr, check_claims, check_hint
from idp.flows.authorize.check_request import (
    check_prompt,
    check_request,
    find_client,
    find_redirect_uri,
    read_mode,
    read_state,
)
from idp.flows.authorize.context import Context, Page, Present, Uses
from idp.flows.authorize.interactions import ask_consent, ask_level, ask_sign_in
from idp.flows.authorize.respond import refuse, respond
from idp.flows.authorize.transactions import Transaction
from idp.journal.events import Event
from idp.kernel.refusal import Refused
from idp.protocol.errors import AccessDenied, InvalidRequest, OAuthError
from idp.protocol.requests import Form, MalformedRequest
from idp.protocol.response_modes import Answer
from idp.store.database import Conflict

Step = Callable[[Context, Uses], Context]
#: Each step returns to the dispatcher, which goes on until a page is due or an answer is there.
STEPS: tuple[Step, ...] = (
    find_client,
    find_redirect_uri,
    read_state,
    read_mode,
    check_request,
    check_prompt,
    check_claims,
    check_acr,
    check_hint,
    ask_sign_in,
    ask_level,
    ask_consent,
    respond,
)
#: What must hold before anything is kept for a request or sent to its redirect URI.
_TRUSTED = STEPS[: STEPS.index(find_redirect_uri) + 1]


class Over(Refused):
    """The request was answered before, waited too long, or goes in circles. ``client_id`` is empty if forgotten."""

    def __init__(self, code: str, client_id: str = "") -> None:
        super().__init__(code)
        self.client_id = client_id


class Elsewhere(Refused):
    """The request waits for a level, and an answer sent now would find no state at the portal: it starts afresh."""

    def __init__(self, step_up: str) -> None:
        super().__init__("authorize.over")
        self.step_up = step_up


@dataclass(frozen=True, slots=True)
class Wait:
    """A page is due; ``transaction`` keeps the request meanwhile."""

    page: Page
    transaction: Transaction
    context: Context


@dataclass(frozen=True, slots=True)
class Authorize:
    """``start`` takes a request, ``resume`` one that waited; both return an ``Answer`` or a ``Wait``.

    Raised: ``Untrusted`` and ``MalformedRequest`` for a page, ``Over`` for a request that is no more, ``Elsewhere``
    for one whose portal must start afresh.
    """

    uses: Uses

    def start(self, parameters: Form, present: Present) -> Answer | Wait:
        return self._run(Context(parameters, present, self.uses.now()))

    def keep(self, parameters: Form) -> Transaction:
        """Keep a request that came by POST from another site, whose cookies the browser held back."""
        context = Context(parameters, Present(), self.uses.now())
        for step in _TRUSTED:
            context = step(context, self.uses)
        return self.uses.transactions.begin(context.relying_party.client_id, parameters)

    def resume(self, transaction_id: str, present: Present) -> Answer | Wait:
        return self._run(self._waiting(transaction_id, present))

    def decline(self, transaction_id: str, present: Present) -> Answer | Wait:
        """The person goes back without doing what is asked: a level that was only wished for isn't insisted on."""
        context = self.inspect(transaction_id, present)
        if context.page is Page.STEP_UP:
            assert context.transaction is not None and present.account is not None
            self.uses.transactions.answer(context.transaction, "declined", present.account.id)
            return self.resume(transaction_id, present)
        if context.answer is None:
            context = refuse(context, self.uses, AccessDenied("the person went back"))
        return self._finish(context)

    def inspect(self, transaction_id: str, present: Present) -> Context:
        """Return how far a waiting request gets, for the page that it waits for; nothing is answered."""
        return self._until(self._waiting(transaction_id, present), STEPS[:-1])

    def _waiting(self, transaction_id: str, present: Present) -> Context:
        transaction = self.uses.transactions.get(transaction_id)
        if transaction is None:
            raise Over("authorize.over")
        if self.uses.transactions.is_finished(transaction):
            raise Over("authorize.answered", transaction.client_id)
        if transaction.step_up and not self.uses.transactions.is_answerable(transaction, present.browser):
            raise Elsewhere(transaction.step_up)
        return Context(transaction.parameters, present, self.uses.now(), transaction)

    def _run(self, context: Context) -> Answer | Wait:
        context = self._until(context, STEPS[:-1])
        if context.page is not None:
            kept = context.transaction or self.uses.transactions.begin(
                context.relying_party.client_id, context.parameters
            )
            if context.page is Page.STEP_UP and acr.ways(context.acr, context.level, available=self.uses.ways):
                kept = self._let_wait(context, kept)
            return Wait(context.page, kept, context)
        return self._finish(context)

    def _let_wait(self, context: Context, transaction: Transaction) -> Transaction:
        """What the person is shown a way to may take days: keep the request as long."""
        account, client_id, transactions = context.present.account, transaction.client_id, self.uses.transactions
        assert account is not None
        if transaction.step_up:
            return transaction
        lasting = transactions.lasting(transaction, account.id, context.acr, context.present.browser)
        try:
            with self.uses.database.together():
                transactions.let_wait(lasting)
                details = {"step_up": lasting.id}
                self.uses.journal.record(Event("step_up.waits", account.id, account.id, client_id, details=details))
        except Conflict:
            # The same request in another tab, or a double press, was first.
            pass
        return transactions.bind(transaction)

    def _until(self, context: Context, steps: tuple[Step, ...]) -> Context:
        for step in steps:
            try:
                context = step(context, self.uses)
            except OAuthError as error:
                if not context.redirect_uri:
                    raise
                return refuse(context, self.uses, error)
            except MalformedRequest as error:
                if not context.redirect_uri:
                    raise
                return refuse(context, self.uses, InvalidRequest(str(error)))
            if context.page is not None:
                break
        return context

    def _finish(self, context: Context) -> Answer:
        """Send one response to a request, ever: two tabs or a double press find that it was sent."""
        transaction, session = context.transaction, context.present.session
        if transaction is not None and not self.uses.transactions.finish(transaction):
            raise Over("authorize.answered", transaction.client_id)
        if session is not None and context.present.navigating and "none" not in context.prompt:
            # A browser gives up after twenty redirects with a page that helps nobody, so we must be quicker.
            limits = self.uses.settings.limits
            turns = self.uses.short_lived.count("loop", f"{session.id}:{context.redirect_uri}", limits.turns_seconds)
            if turns > limits.turns:
                raise Over("authorize.loop", context.relying_party.client_id)
        if context.answer is None:
            context = self._until(context, STEPS[-1:])
        assert context.answer is not None
        return context.answer
