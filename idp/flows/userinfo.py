"""UserInfo (OpenID Connect Core 5.3): one signature check and one read; level and methods as of now."""

from dataclasses import dataclass
from typing import Any

from idp.clients.client import Client
from idp.flows.afresh import afresh, note_told
from idp.kernel.clock import Clock
from idp.keys.key_ring import BadToken
from idp.protocol.access_token import AccessToken, AccessTokens
from idp.protocol.claims import at_userinfo
from idp.protocol.errors import InsufficientScope, InvalidToken
from idp.protocol.issue import Issue
from idp.protocol.scopes import OPENID
from idp.protocol.situation import Over
from idp.store.clients import Clients
from idp.store.grants import Grants


@dataclass(frozen=True, slots=True)
class UserInfo:
    access_tokens: AccessTokens
    clients: Clients
    grants: Grants
    issue: Issue
    now: Clock

    def __call__(self, token: str) -> dict[str, Any] | str:
        """Return the claims, or a JWT of them for a client that registered for one."""
        at = self.now()
        try:
            access = self.access_tokens.read(token, at)
        except BadToken as error:
            raise InvalidToken("the access token is unknown, malformed or expired") from error
        client = self._client(access)
        live = self.grants.live(access.grant_id, at)
        if live is None:
            raise InvalidToken("the grant is gone")
        try:
            present = afresh(self.grants, live, at)
        except Over as over:
            raise InvalidToken(f"the grant is over: {over.reason}") from over
        if access.acr not in present.gives:
            raise InvalidToken("the acr of the access token can not be given any more")
        note_told(self.grants, live.grant, present)
        sub = self.issue.subjects.of(client, live.account.id)
        known = self.issue.known(sub, live, present, at)
        claims = at_userinfo(known, client, access.scope)
        return self.issue.userinfo(client, claims) if client.userinfo_signed_response_alg else claims

    def _client(self, access: AccessToken) -> Client:
        """Return the client of a token that may be used here: about a person, for us, with the scope ``openid``."""
        client = self.clients.get(access.client_id)
        if client is None:
            raise InvalidToken("the client is gone")
        if self.issue.issuer not in access.audience:
            raise InvalidToken("the access token is for another resource")
        if not access.grant_id or OPENID not in access.scope:
            raise InsufficientScope("UserInfo needs the scope openid", scope=OPENID)
        return client
