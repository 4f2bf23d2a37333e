"""The request itself: client and redirect URI first, by page; all else by redirect (OpenID Connect Core 3.1.2)."""

from dataclasses import replace

from idp.clients.policy import may_lead, may_redirect, permitted
from idp.flows.authorize.context import Context, Uses
from idp.kernel.refusal import Refused
from idp.protocol import pkce, resources, scopes
from idp.protocol.errors import (
    InvalidRequest,
    InvalidScope,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from idp.protocol.response_modes import ResponseMode

PROMPTS = frozenset({"none", "login", "consent", "select_account", "create"})
_LONGEST = {"state": 4096, "nonce": 1024, "login_hint": 512, "acr_values": 512, "scope": 2048, "ui_locales": 512}


class Untrusted(Refused):
    """The request can't be answered by redirect: its client or its redirect URI isn't ours to trust. A page says so."""


def find_client(context: Context, uses: Uses) -> Context:
    client_id = context.parameters.one("client_id")
    client = uses.clients.get(client_id) if client_id else None
    if client is None or client.disabled_at is not None:
        raise Untrusted("authorize.unknown_client")
    return replace(context, client=client)


def find_redirect_uri(context: Context, uses: Uses) -> Context:
    """It must be sent and must be registered, letter for letter (RFC 9700 4.1.3)."""
    uri = context.parameters.one("redirect_uri")
    if uri is None:
        raise Untrusted("authorize.no_redirect_uri")
    if not may_redirect(context.relying_party, uri):
        raise Untrusted("authorize.unknown_redirect_uri")
    return replace(context, redirect_uri=uri)


def read_state(context: Context, uses: Uses) -> Context:
    """It goes with every answer, errors included, so it is read before all else."""
    return replace(context, state=context.parameters.text("state"))


def read_mode(context: Context, uses: Uses) -> Context:
    mode = context.parameters.one("response_mode")
    if mode is None:
        return context
    if mode not in frozenset(ResponseMode):
        raise InvalidRequest("response_mode must be query, fragment or form_post")
    return replace(context, mode=ResponseMode(mode))


def check_request(context: Context, uses: Uses) -> Context:
    sent, client = context.parameters, context.relying_party
    sent.require_once()
    for name, longest in _LONGEST.items():
        if len(sent.text(name)) > longest:
            raise InvalidRequest(f"{name} is longer than {longest} characters")
    if "request" in sent:
        raise RequestNotSupported("request objects are not supported")
    if "request_uri" in sent:
        raise RequestUriNotSupported("request objects are not supported")
    if "registration" in sent:
        raise RegistrationNotSupported("the registration parameter is not supported")
    response_type = sent.one("response_type")
    if response_type is None:
        raise InvalidRequest("response_type is missing")
    if response_type != "code":
        raise UnsupportedResponseType("only response_type=code is offered")
    if "authorization_code" not in client.grant_types:
        raise UnauthorizedClient("the client isn't registered for authorization_code")

    wanted = scopes.parse(sent.text("scope"))
    scope = permitted(client, wanted) & frozenset(scopes.SUPPORTED)
    if wanted and not scope:
        raise InvalidScope("none of the scopes is one that the client may have")
    challenge = pkce.check_challenge(
        sent.one("code_challenge"), sent.one("code_challenge_method"), client.pkce_required
    )
    target = sent.one("target_link_uri")
    if target is not None and not may_lead(client, target):
        # Core 4 leads there after a sign-in that we ask the portal to begin: nowhere but to the portal itself.
        raise InvalidRequest("target_link_uri must have the origin of a registered redirect URI")
    return replace(
        context,
        scope=scope,
        nonce=sent.text("nonce"),
        challenge=challenge,
        resources=resources.asked(client, sent.many("resource"), uses.settings.issuer),
    )


def check_prompt(context: Context, uses: Uses) -> Context:
    prompt = frozenset(context.parameters.text("prompt").split())
    if prompt - PROMPTS:
        raise InvalidRequest("prompt has a value that is not offered")
    if "none" in prompt and len(prompt) > 1:
        raise InvalidRequest("prompt=none goes with nothing else")
    text, client = context.parameters.one("max_age"), context.relying_party
    if text is None:
        return replace(context, prompt=prompt, max_age=client.default_max_age)
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise InvalidRequest("max_age must be a whole number of seconds")
    return replace(context, prompt=prompt, max_age=int(text))
