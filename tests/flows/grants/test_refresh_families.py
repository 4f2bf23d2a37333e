"""A family of refresh tokens under any history: Hypothesis looks for one that branches or survives what ends it.

The model is a handful of facts (the tokens so far, what has ended, what is missing just now); after every step the
provider must answer as they say.
"""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from idp.kernel.ids import new_id
from idp.kernel.settings import Settings
from idp.wiring import build
from tests.city import City
from tests.conftest import StillClock

GRACE = timedelta(seconds=30)


@pytest.fixture
def machine(settings: Settings, migrated: Path, key_folder: Path, tmp_path: Path):
    """A state machine over one wired provider; each history is a person with a session and a grant of their own."""
    shutil.copy(migrated, tmp_path / "idp.db")
    shutil.copytree(key_folder, tmp_path / "keys")
    clock = StillClock()
    flows = build(settings, clock)
    flows.short_lived._now = lambda: clock().timestamp()
    city = City(flows)
    city.client()
    noon = clock.at

    class Family(RuleBasedStateMachine):
        @initialize(offline=st.booleans())
        def sign_in(self, offline):
            clock.at = noon
            self.offline, self.person, self.session = offline, new_id(), new_id()
            city.person(self.person)
            city.session(self.session, self.person)
            self.grant = city.grant(account_id=self.person, session_id=self.session, offline=offline)
            self.tokens = [city.exchange(city.code(self.grant)).json["refresh_token"]]
            self.rotated_at = None
            self.ended = self.disabled = False
            self.level = self.signed_in = True

        def teardown(self):
            if getattr(self, "disabled", False):
                self.switch()

        @property
        def gives_nothing(self):
            expired = clock() >= self.grant.expires_at
            return expired or not self.level or not (self.offline or self.signed_in)

        @rule(narrowed=st.booleans())
        def use_the_newest(self, narrowed):
            self.use(0, narrowed)

        @rule()
        def use_the_one_before(self):
            self.use(1, False)

        @precondition(lambda self: len(self.tokens) > 2)
        @rule(back=st.integers(2, 5))
        def use_an_old_one(self, back):
            self.use(back, False)

        def use(self, back, narrowed):
            place = max(0, len(self.tokens) - 1 - back)
            answer = city.refresh(self.tokens[place], **({"scope": "openid email"} if narrowed else {}))
            newest = place == len(self.tokens) - 1
            again = place == len(self.tokens) - 2 and clock() - self.rotated_at <= GRACE
            if self.disabled:
                assert answer.json["error"] == "invalid_client"
            elif self.ended or not (newest or again):
                assert answer.json["error"] == "invalid_grant"
                self.ended = True
            elif self.gives_nothing:
                assert answer.json["error"] == "invalid_grant"
            else:
                assert answer.status == 200
                # What is left out once isn't lost: the next token may ask for it again (RFC 6749 6).
                assert set(answer.json["scope"].split()) == ({"openid", "email"} if narrowed else self.grant.scope)
                if newest:
                    assert answer.json["refresh_token"] not in self.tokens
                    self.tokens.append(answer.json["refresh_token"])
                    self.rotated_at = clock()
                assert answer.json["refresh_token"] == self.tokens[-1]

        @rule(scope=st.sampled_from(["openid phone", "unknown", "openid consents"]))
        def ask_too_much(self, scope):
            """It costs the client nothing: the token is used up only by an answer."""
            assert city.refresh(self.tokens[-1], scope=scope).status in (400, 401)

        @rule(seconds=st.integers(1, 40))
        def wait(self, seconds):
            clock.move(seconds=seconds)

        @rule()
        def fall_and_rise(self):
            """Without a level there is no token; the grant that asked for none comes back with it."""
            (city.disprove if self.level else city.prove)("email", self.person)
            self.level = not self.level

        @rule()
        def switch(self):
            client = city.flows.clients.fresh("parking")
            city.flows.clients.change(replace(client, disabled_at=None if self.disabled else clock()))
            self.disabled = not self.disabled
            clock.move(seconds=6)

        @precondition(lambda self: len(self.tokens) > 2)
        @rule(how=st.sampled_from(["stays away", "stays away for months", "signs out", "recovers", "portal revokes"]))
        def come_to_an_end(self, how):
            """Only histories that have got somewhere: most of them shall be long."""
            if how == "signs out":
                city.flows.people.end_sessions.one(self.session)
                self.signed_in, self.ended = False, self.ended or not self.offline
            elif how == "recovers":
                # A new password ends every session and every grant, lasting ones too.
                city.flows.people.end_sessions.account(self.person)
                self.signed_in, self.ended = False, True
            elif how == "portal revokes" and not self.disabled:
                city.call("POST", "/revoke", {"token": self.tokens[-1]}, authorization=city.basic("parking"))
                self.ended = True
            elif how.startswith("stays away"):
                clock.move(hours=24 * 91 if "months" in how else 13)
                self.signed_in = False

        @invariant()
        def the_grant_stands_as_long_as_nothing_ended_it(self):
            found = city.flows.grants.get(self.grant.id)
            assert (found.ended_at is not None) == self.ended
            assert found.generation == len(self.tokens) - 1

    yield Family
    flows.close()


def test_no_history_of_uses_branches_a_family_or_lets_a_reuse_pass(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
