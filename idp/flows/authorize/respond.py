"""The answer: a grant, a code that leads to it, and the response that carries the code."""

from dataclasses import replace
from datetime import timedelta

from idp.assurance import acr
from idp.flows.authorize.context import Context, Uses
from idp.journal.events import Event
from idp.kernel.ids import new_id
from idp.protocol.codes import KIND, Code, new_code
from idp.protocol.errors import LoginRequired, OAuthError, UnmetAuthenticationRequirements
from idp.protocol.grant import Grant
from idp.protocol.response_modes import Answer
from idp.protocol.scopes import OFFLINE_ACCESS


def respond(context: Context, uses: Uses) -> Context:
    """Open the grant in the database, put the code into the short-lived store, and answer.

    The session is held until the grant stands: if it ended meanwhile (a sign-out in another tab, a recovery, the
    account's end) there is none, and if it ends later the grant is there to be ended with it.
    """
    session, account, client = context.present.session, context.present.account, context.relying_party
    assert session is not None and account is not None and context.level is not None
    told = acr.answer(context.acr, acr.session_gives(context.level), context.level.value)
    if told is None:
        raise UnmetAuthenticationRequirements("the person doesn't reach the asked level")
    offline = OFFLINE_ACCESS in context.scope and "refresh_token" in client.grant_types
    tokens = uses.settings.tokens
    grant = Grant(
        id=new_id(),
        account_id=account.id,
        client_id=client.client_id,
        session_id=session.id,
        scope=context.scope if offline else context.scope - {OFFLINE_ACCESS},
        auth_time=session.auth_time,
        amr=session.amr,
        created_at=context.at,
        expires_at=context.at + timedelta(days=tokens.refresh_days) if offline else session.expires_at,
        resources=context.resources,
        acr_request=context.acr,
        claims_request=context.claims,
        told_acr=told,
        told_level=context.level.value,
        offline=offline,
    )
    code = new_code()
    kept = Code(grant.id, client.client_id, context.redirect_uri, context.challenge, context.nonce)
    with uses.database.together():
        if not uses.sessions.hold(session.id):
            raise LoginRequired("the session has ended")
        uses.grants.open(grant)
        details = {"grant": grant.id, "acr": told, "scope": sorted(grant.scope)}
        uses.journal.record(Event("grant.opened", account.id, account.id, client.client_id, details=details))
    uses.short_lived.put(KIND, code, kept.kept(), tokens.code_seconds)
    return replace(context, answer=_answer(context, uses, (("code", code),)))


def refuse(context: Context, uses: Uses, error: OAuthError) -> Context:
    """Answer with an error, where the client wants its answers."""
    told = [("error", error.error)]
    if error.description:
        told.append(("error_description", error.description))
    return replace(context, answer=_answer(context, uses, tuple(told)))


def _answer(context: Context, uses: Uses, parameters: tuple[tuple[str, str], ...]) -> Answer:
    state = (("state", context.state),) if context.state else ()
    return Answer(context.redirect_uri, context.mode, (*parameters, *state, ("iss", uses.settings.issuer)))
