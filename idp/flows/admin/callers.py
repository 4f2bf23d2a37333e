"""Who calls the administrators' API: an administrator by a token of theirs, or a service that is permitted to."""

from dataclasses import dataclass

from idp.accounts.admin_token import PREFIX
from idp.flows.introspection import REVOKED
from idp.flows.limits import Throttle
from idp.kernel.clock import Clock
from idp.kernel.ids import digest
from idp.keys.key_ring import BadToken
from idp.protocol.access_token import AccessTokens
from idp.protocol.errors import InsufficientScope, InvalidToken
from idp.protocol.scopes import MANAGE_CLIENTS
from idp.store.admin_tokens import AdminTokens
from idp.store.clients import Clients
from idp.store.short_lived import ShortLived


@dataclass(frozen=True, slots=True)
class Caller:
    """``actor`` is how the journal names them. Only an administrator permits our own interfaces to others."""

    actor: str
    administrator: bool


@dataclass(frozen=True, slots=True)
class AdmitCaller:
    """``issuer`` is the audience of the API: a token made for another resource doesn't open it."""

    tokens: AdminTokens
    access_tokens: AccessTokens
    clients: Clients
    short_lived: ShortLived
    throttle: Throttle
    issuer: str
    now: Clock

    def __call__(self, token: str, address: str) -> Caller:
        """Return who calls; unknown, expired and revoked are one answer, and guessing is limited by address."""
        self.throttle.check("admin_refusals_per_address", address)
        try:
            caller = self._administrator(token) if token.startswith(PREFIX) else self._service(token)
        except InvalidToken:
            self.throttle.count("admin_refusals_per_address", address)
            raise
        self.throttle.count("admin_requests", caller.actor)
        return caller

    def _administrator(self, token: str) -> Caller:
        known = self.tokens.live(digest(token), self.now())
        if known is None:
            raise InvalidToken("the token is unknown, expired or revoked")
        return Caller(f"admin-token:{known.id}", administrator=True)

    def _service(self, token: str) -> Caller:
        """RFC 9068 4. A token about a person names a grant; it never opens this door, whatever its scope says."""
        try:
            access = self.access_tokens.read(token, self.now())
        except BadToken as error:
            raise InvalidToken("the token is unknown, expired or revoked") from error
        client = self.clients.fresh(access.client_id)
        if client is None or client.disabled_at is not None or self.issuer not in access.audience or access.grant_id:
            raise InvalidToken("the token is unknown, expired or revoked")
        if self.short_lived.get(REVOKED, access.jti) is not None:
            raise InvalidToken("the token is unknown, expired or revoked")
        if MANAGE_CLIENTS not in access.scope & client.scope or "client_credentials" not in client.grant_types:
            raise InsufficientScope("the client isn't permitted to administer clients", scope=MANAGE_CLIENTS)
        return Caller(f"client:{client.client_id}", administrator=False)
