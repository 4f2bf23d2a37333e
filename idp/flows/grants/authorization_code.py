"""``authorization_code`` (RFC 6749 4.1.3): one take and one read. A second use ends what the first one got."""

from dataclasses import dataclass
from typing import Any

from idp.clients.client import Client
from idp.flows.afresh import afresh, note_told
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.protocol.codes import KIND, Code
from idp.protocol.errors import InvalidGrant, InvalidRequest
from idp.protocol.grant import LiveGrant
from idp.protocol.issue import Issue
from idp.protocol.pkce import check_verifier
from idp.protocol.refresh_token import RefreshTokens
from idp.protocol.requests import Form
from idp.protocol.resources import narrowed
from idp.protocol.situation import Over, Situation
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.short_lived import ShortLived

GRANT_TYPE = "authorization_code"


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    short_lived: ShortLived
    grants: Grants
    issue: Issue
    refresh_tokens: RefreshTokens
    journal: Journal
    now: Clock

    def __call__(self, client: Client, form: Form) -> dict[str, Any]:
        code = form.one("code")
        redirect_uri = form.one("redirect_uri")
        if code is None or redirect_uri is None:
            raise InvalidRequest("code and redirect_uri are required")
        kept = self._take(client, code)
        if kept.client_id != client.client_id:
            raise InvalidGrant("the code is unknown, used, expired, or another client's")
        if kept.redirect_uri != redirect_uri:
            raise InvalidGrant("redirect_uri differs from the authorization request's")
        check_verifier(form.one("code_verifier"), kept.code_challenge)

        live, present = self._look(kept.grant_id)
        resources = narrowed(client, form.many("resource"), live.grant.resources, self.issue.issuer)
        answer = self.issue.for_person(client, live, present, live.grant.scope, resources, nonce=kept.nonce)
        generation = self._decide(client, live, present)
        if "refresh_token" in client.grant_types:
            answer["refresh_token"] = self.refresh_tokens.make(live.grant.id, generation)
        return answer

    def _take(self, client: Client, code: str) -> Code:
        """Use the code up, whatever comes of it: a code that was shown to us once is of no use to anybody else."""
        taken = self.short_lived.take(KIND, code)
        if taken is None:
            raise InvalidGrant("the code is unknown, used, expired, or another client's")
        kept = Code(**taken.value)
        if taken.uses > 1:
            # RFC 6749 4.1.2: what the first use got is revoked, for nobody knows which of the two was the thief.
            self._end(client, kept.grant_id)
            raise InvalidGrant("the code is unknown, used, expired, or another client's")
        return kept

    def _decide(self, client: Client, live: LiveGrant, present: Situation) -> int:
        """Return the refresh token's generation. A replica that took over may not know of an earlier use: then the
        database decides, whose grant leaves generation 0 once."""
        if not self.short_lived.may_forget_uses:
            note_told(self.grants, live.grant, present)
            return live.grant.generation
        if not self.grants.rotate(live.grant.id, 0, self.now(), present.acr, present.level.value):
            self._end(client, live.grant.id)
            raise InvalidGrant("the code is unknown, used, expired, or another client's")
        return 1

    def _end(self, client: Client, grant_id: str) -> None:
        grant = self.grants.get(grant_id)
        if grant is not None and self.grants.end(grant_id, "replayed_code", self.now()):
            actor = f"client:{client.client_id}"
            self.journal.record(Event("grant.replayed_code", grant.account_id, actor, grant.client_id))

    def _look(self, grant_id: str) -> tuple[LiveGrant, Situation]:
        at = self.now()
        live = self.grants.live(grant_id, at)
        if live is None:
            raise InvalidGrant("the grant is gone")
        try:
            return live, afresh(self.grants, live, at, first_use=True)
        except Over as over:
            raise InvalidGrant(f"the grant is over: {over.reason}") from over
