"""The authorization endpoint as a flow: the steps in order, what they refuse, and how a waiting request goes on."""

from collections.abc import Callable
from dataclasses import dataclass

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
from idp.kernel.refusal import Refused
from idp.protocol.errors import AccessDenied, InvalidRequest, OAuthError
from idp.protocol.requests import Form, MalformedRequest
from idp.protocol.response_modes import Answer

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
#: More than this many answers to one session and portal within the window: the portal is sending people in circles.
_LOOP, _LOOP_SECONDS = 25, 30


class Over(Refused):
    """The request was answered before, or waited too long. ``transaction`` names the portal, if it is still known."""

    def __init__(self, code: str, transaction: Transaction | None = None) -> None:
        super().__init__(code)
        self.transaction = transaction


@dataclass(frozen=True, slots=True)
class Wait:
    """A page is due; ``transaction`` keeps the request meanwhile."""

    page: Page
    transaction: Transaction
    context: Context


@dataclass(frozen=True, slots=True)
class Authorize:
    """``start`` takes a request, ``resume`` one that waited; both return an ``Answer`` or a ``Wait``.

    Raised: ``Untrusted`` and ``MalformedRequest`` for a page, ``Over`` for a request that is no more.
    """

    uses: Uses

    def start(self, parameters: Form, present: Present) -> Answer | Wait:
        return self._run(Context(parameters, present, self.uses.now()))

    def keep(self, parameters: Form) -> Transaction:
        """Keep a request that came by POST from another site, whose cookies the browser held back."""
        return self.uses.transactions.begin(parameters.text("client_id"), parameters)

    def resume(self, transaction_id: str, present: Present) -> Answer | Wait:
        return self._run(self._waiting(transaction_id, present))

    def decline(self, transaction_id: str, present: Present) -> Answer | Wait:
        """The person goes back without doing what is asked: a level that was only wished for isn't insisted on."""
        context = self._waiting(transaction_id, present)
        assert context.transaction is not None
        before = self._until(context, STEPS[: STEPS.index(ask_sign_in)])
        if before.answer is not None:
            return self._finish(before)
        signed_in = context.present.account is not None
        if signed_in and (before.acr.values or before.acr.floor):
            self.uses.transactions.agree(context.transaction, "declined")
            return self.resume(transaction_id, present)
        return self._finish(refuse(before, self.uses, AccessDenied("the person went back")))

    def inspect(self, transaction_id: str, present: Present) -> Context:
        """Return how far a waiting request gets, for the page that it waits for; nothing is answered."""
        return self._until(self._waiting(transaction_id, present), STEPS[:-1])

    def _waiting(self, transaction_id: str, present: Present) -> Context:
        transaction = self.uses.transactions.get(transaction_id)
        if transaction is None:
            raise Over("authorize.over")
        return Context(transaction.parameters, present, self.uses.now(), transaction)

    def _run(self, context: Context) -> Answer | Wait:
        context = self._until(context, STEPS[:-1])
        if context.page is not None:
            kept = context.transaction or self.uses.transactions.begin(
                context.relying_party.client_id, context.parameters
            )
            return Wait(context.page, kept, context)
        return self._finish(context)

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
            raise Over("authorize.answered", transaction)
        if session is not None and "none" not in context.prompt:
            turns = self.uses.short_lived.count("loop", f"{session.id}:{context.redirect_uri}", _LOOP_SECONDS)
            if turns > _LOOP:
                raise Over("authorize.loop", transaction)
        if context.answer is None:
            context = self._until(context, STEPS[-1:])
        assert context.answer is not None
        return context.answer
