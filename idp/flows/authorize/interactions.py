"""What must happen with the person before the answer: sign in, reach a level, agree. The first that is due is next."""

from dataclasses import replace
from datetime import timedelta

from idp.accounts.account import Account
from idp.accounts.session import Session
from idp.assurance import acr, verified_claims
from idp.assurance.levels import Level, standing_now
from idp.flows.authorize.context import Context, Page, Uses
from idp.protocol.errors import (
    AccessDenied,
    ConsentRequired,
    InteractionRequired,
    LoginRequired,
    OAuthError,
    UnmetAuthenticationRequirements,
)
from idp.protocol.scopes import CLAIMS_OF, OPENID, SCOPE_OF, VERIFIED_CLAIMS

_SILENT: dict[Page, type[OAuthError]] = {
    Page.SIGN_IN: LoginRequired,
    Page.SIGN_UP: LoginRequired,
    Page.CONFIRM_FIRST: InteractionRequired,
    Page.STEP_UP: InteractionRequired,
    Page.CONSENT: ConsentRequired,
}


def ask_sign_in(context: Context, uses: Uses) -> Context:
    """Somebody must be signed in, as the one who is expected, and as lately as the portal wants."""
    session, account = context.present.session, context.present.account
    page = Page.SIGN_UP if "create" in context.prompt else Page.SIGN_IN
    if session is None or account is None:
        return _wait(context, page)
    # Just done, in answer to this very request: it is not asked for twice.
    fresh = context.transaction is not None and session.auth_time >= context.started_at
    if context.hinted_sub and uses.subjects.of(context.relying_party, account.id) != context.hinted_sub:
        if fresh:
            raise LoginRequired("somebody else signed in than the request expects")
        return _wait(context, page)
    if not fresh and _must_sign_in_again(context, session):
        return _wait(context, page)
    return replace(context, level=_level(context, uses, account))


def _must_sign_in_again(context: Context, session: Session) -> bool:
    if context.prompt & {"login", "select_account", "create"}:
        return True
    return context.max_age is not None and context.at - session.auth_time > timedelta(seconds=context.max_age)


def _level(context: Context, uses: Uses, account: Account) -> Level | None:
    stands = standing_now(uses.evidence.of(account.id), context.at)
    return stands.level if stands else None


def ask_level(context: Context, uses: Uses) -> Context:
    """Rules 2 to 4 and 10 of the acr table."""
    if context.level is None:
        return _wait(context, Page.CONFIRM_FIRST)
    gives = acr.session_gives(context.level)
    if acr.met(context.acr, gives) is not None:
        return context
    if not context.acr.values and not context.acr.floor:
        if context.acr.binding:
            # Rule 6: nothing that is asked is known, so there is nothing to show a way to.
            raise UnmetAuthenticationRequirements("no asked level is one that we know")
        return context
    answered = acr.answer(context.acr, gives, context.level.value)
    some_way = bool(acr.ways(context.acr, context.level, available=uses.ways))
    if "none" in context.prompt:
        if answered is not None:
            return context
        raise (InteractionRequired if some_way else UnmetAuthenticationRequirements)("the asked level isn't reached")
    if "declined" in context.answered or (answered is not None and not some_way):
        if answered is None:
            raise UnmetAuthenticationRequirements("the person doesn't reach the asked level")
        return context
    return replace(context, page=Page.STEP_UP)


def ask_consent(context: Context, uses: Uses) -> Context:
    """A portal that isn't the city's own asks once, and again when it wants more (D-01)."""
    client, account = context.relying_party, context.present.account
    assert account is not None
    if "refused" in context.answered:
        raise AccessDenied("the person did not agree")
    if "consent" in context.answered:
        return context
    insists = "consent" in context.prompt
    if client.first_party and not insists:
        return context
    sharing = uses.sharings.get(account.id, client.client_id)
    covered = sharing is not None and sharing.covers(context.scope - {OPENID}, asked_claims(context))
    if covered and not insists:
        return context
    return _wait(context, Page.CONSENT)


def asked_claims(context: Context) -> frozenset[str]:
    """Return the claims asked for by name that aren't about the sign-in itself."""
    names = {name for member in context.claims.values() for name in member}
    known = {name for name in names if name in SCOPE_OF and name not in CLAIMS_OF[OPENID]}
    wishes = [member[VERIFIED_CLAIMS] for member in context.claims.values() if VERIFIED_CLAIMS in member]
    verified = {name for wish in wishes for name in verified_claims.asked_names(wish)} & set(verified_claims.CLAIMS)
    return frozenset(known | verified | ({VERIFIED_CLAIMS} if verified else set()))


def _wait(context: Context, page: Page) -> Context:
    if "none" in context.prompt:
        raise _SILENT[page](f"the person must be asked: {page.value}")
    return replace(context, page=page)
