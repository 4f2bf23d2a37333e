"""Introspection (RFC 7662): one signature check and one read. Told to the token's client and to its resource."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from idp.clients.client import Client
from idp.flows.afresh import afresh
from idp.kernel.clock import Clock
from idp.keys.key_ring import BadToken
from idp.protocol.access_token import AccessToken, AccessTokens
from idp.protocol.refresh_token import RefreshTokens, in_grace
from idp.protocol.scopes import join
from idp.protocol.situation import Over
from idp.protocol.subject import Subjects
from idp.store.clients import Clients
from idp.store.grants import Grants
from idp.store.short_lived import ShortLived

INACTIVE: dict[str, Any] = {"active": False}
#: How revoked tokens without a grant are remembered until they expire.
REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Introspect:
    access_tokens: AccessTokens
    refresh_tokens: RefreshTokens
    clients: Clients
    grants: Grants
    short_lived: ShortLived
    subjects: Subjects
    issuer: str
    now: Clock
    grace: timedelta

    def __call__(self, caller: Client, token: str) -> dict[str, Any]:
        """Return the members of the answer; whatever is dead, unknown, or not the caller's business is inactive."""
        at = self.now()
        try:
            access = self.access_tokens.read(token, at)
        except BadToken:
            return self._refresh_token(caller, token, at)
        return self._access_token(caller, access, at)

    def _access_token(self, caller: Client, access: AccessToken, at: datetime) -> dict[str, Any]:
        concerned = access.client_id == caller.client_id or not set(access.audience).isdisjoint(caller.resource_uris)
        if not concerned or self.clients.get(access.client_id) is None:
            return INACTIVE
        now = self._as_of_now(access, at)
        if now is None:
            return INACTIVE
        told = {name: value for name, value in access.claims.items() if name != "gid"}
        return {"active": True, "token_type": "Bearer", **told, **now}

    def _as_of_now(self, access: AccessToken, at: datetime) -> dict[str, Any] | None:
        """Return what the token says otherwise than holds now: the person's own level. None for a token that was
        revoked, or whose acr can't be given any more (rule 8 of the acr table)."""
        if not access.grant_id:
            return {} if self.short_lived.get(REVOKED, access.jti) is None else None
        live = self.grants.live(access.grant_id, at)
        if live is None:
            return None
        try:
            present = afresh(self.grants, live, at)
        except Over:
            return None
        return {"access_level": present.level.value} if access.acr in present.gives else None

    def _refresh_token(self, caller: Client, token: str, at: datetime) -> dict[str, Any]:
        parsed = self.refresh_tokens.parse(token)
        live = self.grants.live(parsed[0], at) if parsed is not None else None
        if parsed is None or live is None or live.grant.client_id != caller.client_id:
            return INACTIVE
        grant, generation = live.grant, parsed[1]
        if generation != grant.generation and not in_grace(grant, generation, at, self.grace):
            return INACTIVE
        try:
            afresh(self.grants, live, at)
        except Over:
            return INACTIVE
        return {
            "active": True,
            "token_type": "refresh_token",
            "iss": self.issuer,
            "sub": self.subjects.of(caller, grant.account_id),
            "client_id": grant.client_id,
            "scope": join(grant.scope),
            "iat": int((grant.rotated_at or grant.created_at).timestamp()),
            "exp": int(grant.expires_at.timestamp()),
        }
