"""What is asked of the person: single claims, a level, a certain subject (OpenID Connect Core 3.1.2.1, 5.5)."""

from dataclasses import replace
from typing import Any

import orjson

from idp.assurance import acr, verified_claims
from idp.flows.authorize.context import Context, Uses
from idp.keys.key_ring import BadToken
from idp.protocol.errors import InvalidRequest
from idp.protocol.scopes import SCOPE_OF, VERIFIED_CLAIMS

_LONGEST = 16_384
_MEMBERS = ("userinfo", "id_token")


def check_claims(context: Context, uses: Uses) -> Context:
    """Read ``claims``: a document of two members, each null or an object of nulls and objects.

    Members and claims that we don't know are passed over (Core 5.5); what is kept is kept on the grant.
    """
    text = context.parameters.one("claims")
    if text is None:
        return context
    if len(text) > _LONGEST:
        raise InvalidRequest(f"claims is longer than {_LONGEST} characters")
    if "\\u0000" in text:
        raise InvalidRequest("claims holds a NUL character")
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise InvalidRequest("claims is not JSON") from None
    if not isinstance(document, dict):
        raise InvalidRequest("claims must be an object")
    kept: dict[str, Any] = {}
    for member in _MEMBERS:
        wishes = document.get(member)
        if wishes is None:
            continue
        plain = {} if not isinstance(wishes, dict) else {k: v for k, v in wishes.items() if k != VERIFIED_CLAIMS}
        if not isinstance(wishes, dict) or not all(wish is None or isinstance(wish, dict) for wish in plain.values()):
            raise InvalidRequest(f"claims.{member} must be an object of nulls and objects")
        kept[member] = {name: wish for name, wish in plain.items() if name in SCOPE_OF} | _verified(wishes)
    return replace(context, claims=kept)


def _verified(wishes: dict[str, Any]) -> dict[str, Any]:
    """Return the request for verified claims, held against its schema (Identity Assurance 1.0, 5.3)."""
    if VERIFIED_CLAIMS not in wishes:
        return {}
    try:
        verified_claims.check(wishes[VERIFIED_CLAIMS])
    except verified_claims.Malformed as malformed:
        raise InvalidRequest(f"claims: {malformed}") from None
    return {VERIFIED_CLAIMS: wishes[VERIFIED_CLAIMS]}


def check_acr(context: Context, uses: Uses) -> Context:
    """Rule 1 of the acr table: an essential claim binds and is used alone; ``acr_values`` are voluntary."""
    wish = context.claims.get("id_token", {}).get("acr") or {}
    values = wish.get("values", [wish["value"]] if "value" in wish else [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InvalidRequest("claims.id_token.acr must name its value or values as strings")
    essential = values if wish.get("essential") is True else []
    voluntary = context.parameters.text("acr_values").split() or ([] if essential else values)
    client = context.relying_party
    return replace(context, acr=acr.asked(voluntary, essential, client.default_acr_values, client.minimum_acr))


def check_hint(context: Context, uses: Uses) -> Context:
    """Who is expected: by ``id_token_hint`` (an ended one is fine) or by ``claims.id_token.sub`` (Core 5.5.1)."""
    hinted = ""
    token = context.parameters.one("id_token_hint")
    if token is not None:
        try:
            claims = uses.keys.verify(token)
        except BadToken:
            raise InvalidRequest("id_token_hint is not one of our ID tokens") from None
        if claims.get("iss") != uses.settings.issuer or claims.get("aud") != context.relying_party.client_id:
            raise InvalidRequest("id_token_hint is not an ID token of this client")
        hinted = str(claims.get("sub", ""))
    for member in _MEMBERS:
        wish = context.claims.get(member, {}).get("sub") or {}
        value = wish.get("value", hinted)
        if not isinstance(value, str) or (hinted and hinted != value):
            raise InvalidRequest("the request must expect one person, by a sub that is a string")
        hinted = value
    return replace(context, hinted_sub=hinted)
