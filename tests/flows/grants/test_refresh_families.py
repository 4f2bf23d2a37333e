"""A family of refresh tokens under any history of uses: Hypothesis looks for one that branches or survives a thief."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from idp.kernel.settings import Settings
from idp.wiring import build
from tests.city import City
from tests.conftest import StillClock

GRACE = timedelta(seconds=30)


@pytest.fixture
def machine(settings: Settings, migrated: Path, key_folder: Path, tmp_path: Path):
    """A state machine over one wired provider; each history is a grant of its own."""
    shutil.copy(migrated, tmp_path / "idp.db")
    shutil.copytree(key_folder, tmp_path / "keys")
    clock = StillClock()
    flows = build(settings, clock)
    flows.short_lived._now = lambda: clock().timestamp()
    city = City(flows)
    city.person()
    city.session()
    city.client()

    class Family(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            clock.at = city.at + timedelta(minutes=1)
            self.grant = city.grant(offline=True)
            self.tokens = [city.exchange(city.code(self.grant)).json["refresh_token"]]
            self.rotated_at = None
            self.ended = False

        @rule(back=st.integers(0, 5))
        def use(self, back):
            place = max(0, len(self.tokens) - 1 - back)
            answer = city.refresh(self.tokens[place])
            newest = place == len(self.tokens) - 1
            again = place == len(self.tokens) - 2 and clock() - self.rotated_at <= GRACE
            if self.ended or not (newest or again):
                assert answer.json["error"] == "invalid_grant"
                self.ended = True
            elif newest:
                assert answer.json["refresh_token"] not in self.tokens
                self.tokens.append(answer.json["refresh_token"])
                self.rotated_at = clock()
            else:
                assert answer.json["refresh_token"] == self.tokens[-1]

        @rule(scope=st.sampled_from(["openid phone", "unknown", "openid consents"]))
        def ask_too_much(self, scope):
            assert city.refresh(self.tokens[-1], scope=scope).status == 400

        @rule(seconds=st.integers(1, 40))
        def wait(self, seconds):
            clock.move(seconds=seconds)

        @precondition(lambda self: not self.ended)
        @rule()
        def revoke(self):
            city.call("POST", "/revoke", {"token": self.tokens[-1]}, authorization=city.basic("parking"))
            self.ended = True

        @invariant()
        def the_grant_stands_as_long_as_nobody_reused_a_token(self):
            found = city.flows.grants.get(self.grant.id)
            assert (found.ended_at is not None) == self.ended
            assert found.generation == len(self.tokens) - 1

    yield Family
    flows.close()


def test_no_history_of_uses_branches_a_family_or_lets_a_reuse_pass(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
