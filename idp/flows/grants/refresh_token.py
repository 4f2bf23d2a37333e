"""``refresh_token`` (RFC 6749 6): one read and one compare-and-set. Every answer 200 carries the same successor.

A used token tells of a thief, and ends the grant; but within the grace, while its successor is unused, it is taken for
a client whose answer was lost, and gets the same successor again (FAPI 2.0 5.3.2.1).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from idp.clients.client import Client
from idp.flows.afresh import afresh, note_told
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.protocol.errors import InvalidGrant, InvalidRequest, InvalidScope
from idp.protocol.grant import Grant, LiveGrant
from idp.protocol.issue import Issue
from idp.protocol.refresh_token import RefreshTokens, in_grace
from idp.protocol.requests import Form
from idp.protocol.resources import narrowed
from idp.protocol.scopes import parse
from idp.protocol.situation import Over, Situation
from idp.store.grants import Grants
from idp.store.journal import Journal

GRANT_TYPE = "refresh_token"


@dataclass(frozen=True, slots=True)
class RefreshToken:
    grants: Grants
    issue: Issue
    refresh_tokens: RefreshTokens
    journal: Journal
    now: Clock
    grace: timedelta

    def __call__(self, client: Client, form: Form) -> dict[str, Any]:
        token = form.one("refresh_token")
        if token is None:
            raise InvalidRequest("refresh_token is missing")
        parsed = self.refresh_tokens.parse(token)
        if parsed is None:
            raise InvalidGrant("the refresh token is not ours")
        grant_id, generation = parsed
        at = self.now()
        live = self._live(grant_id, client, at)
        self._refuse_reuse(live.grant, generation, at)
        present = self._look(live, at)

        scope = parse(form.text("scope")) or live.grant.scope
        if not scope <= live.grant.scope:
            raise InvalidScope("a scope was not granted")
        resources = narrowed(client, form.many("resource"), live.grant.resources, self.issue.issuer)

        # Last of all: a request that is refused must not cost the client its token.
        successor = self._rotate(live.grant, generation, at, present)
        answer = self.issue.for_person(client, live, present, scope, resources)
        answer["refresh_token"] = self.refresh_tokens.make(grant_id, successor)
        return answer

    def _live(self, grant_id: str, client: Client, at: datetime) -> LiveGrant:
        live = self.grants.live(grant_id, at)
        if live is None or live.grant.client_id != client.client_id:
            raise InvalidGrant("the refresh token is unknown, or another client's")
        if live.grant.ended_at is not None:
            raise InvalidGrant(f"the grant is over: {live.grant.end_reason}")
        return live

    def _refuse_reuse(self, grant: Grant, generation: int, at: datetime) -> None:
        if generation == grant.generation or in_grace(grant, generation, at, self.grace):
            return
        if generation < grant.generation and self.grants.end(grant.id, "reused_refresh", at):
            self.journal.record(
                Event("grant.reused_refresh", grant.account_id, f"client:{grant.client_id}", grant.client_id)
            )
        raise InvalidGrant("the refresh token was used before")

    def _look(self, live: LiveGrant, at: datetime) -> Situation:
        try:
            return afresh(self.grants, live, at)
        except Over as over:
            raise InvalidGrant(f"the grant is over: {over.reason}") from over

    def _rotate(self, grant: Grant, generation: int, at: datetime, present: Situation) -> int:
        """Return the generation of the successor. Of several at once one moves the grant on, the rest find it moved."""
        if generation < grant.generation:
            note_told(self.grants, grant, present)
            return generation + 1
        if self.grants.rotate(grant.id, generation, at, present.acr, present.level.value):
            return generation + 1
        moved = self.grants.get(grant.id)
        if moved is None or moved.ended_at is not None:
            raise InvalidGrant("the grant is over")
        self._refuse_reuse(moved, generation, at)
        return generation + 1
