"""Revocation (RFC 7009): a token's grant ends, and every token of it. A stranger's or unknown token changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from idp.clients.client import Client
from idp.flows.introspection import REVOKED
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.keys.key_ring import BadToken
from idp.protocol.access_token import AccessTokens
from idp.protocol.refresh_token import RefreshTokens
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.short_lived import ShortLived


@dataclass(frozen=True, slots=True)
class RevokeToken:
    access_tokens: AccessTokens
    refresh_tokens: RefreshTokens
    grants: Grants
    short_lived: ShortLived
    journal: Journal
    now: Clock

    def __call__(self, client: Client, token: str) -> None:
        """Revoke whatever kind of token it is; a hint of its kind is not needed to tell (RFC 7009 2.1)."""
        at = self.now()
        try:
            access = self.access_tokens.read(token, at)
        except BadToken:
            parsed = self.refresh_tokens.parse(token)
            if parsed is not None:
                self._end(client, parsed[0], at)
            return
        if access.client_id != client.client_id:
            return
        if access.grant_id:
            self._end(client, access.grant_id, at)
        else:
            self.short_lived.put(REVOKED, access.jti, True, access.expires_at - at.timestamp())

    def _end(self, client: Client, grant_id: str, at: datetime) -> None:
        grant = self.grants.get(grant_id)
        if grant is None or grant.client_id != client.client_id:
            return
        if self.grants.end(grant_id, "revoked", at):
            self.journal.record(
                Event("grant.revoked", grant.account_id, f"client:{client.client_id}", client.client_id)
            )
