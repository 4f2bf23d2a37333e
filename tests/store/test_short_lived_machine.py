"""Short-lived state against a dictionary: whatever is put, taken, counted and dropped in whatever order, both agree."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from redis import Redis

from idp.kernel.ids import new_id
from idp.store.short_lived import ShortLived
from idp.store.short_lived_file import ShortLivedFile
from tests.conftest import StillClock
from tests.store.conftest import open_short_lived

KEYS = st.just("a")
KINDS = st.sampled_from(["code", "jti"])
VALUES = st.one_of(st.integers(-5, 5), st.text(max_size=3), st.dictionaries(st.sampled_from("xy"), st.booleans()))
#: Few names, so that a history meets itself again. On Redis the real clock runs: there nothing of a history expires.
LIVES = st.sampled_from([60, 600])


@pytest.fixture(params=["file", "redis"])
def opened(request: pytest.FixtureRequest, tmp_path: Path, clock: StillClock) -> Iterator[tuple[ShortLived, bool]]:
    """A store and whether its time can be moved."""
    url = f"file:{tmp_path}/state.db" if request.param == "file" else request.getfixturevalue("redis")
    store = open_short_lived(url)
    if isinstance(store, ShortLivedFile):
        store._now = lambda: clock().timestamp()
    yield store, request.param == "file"
    store.close()
    if request.param == "redis":
        with Redis.from_url(url) as server:
            server.flushdb()


def test_the_store_agrees_with_a_dictionary_whatever_happens(
    opened: tuple[ShortLived, bool], clock: StillClock
) -> None:
    store, moves = opened

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.prefix = new_id()
            self.held: dict[tuple[str, str], list] = {}
            self.counts: dict[str, list] = {}

        def live(self, kind: str, key: str) -> list | None:
            """Return value, uses and end of an entry that hasn't ended."""
            entry = self.held.get((kind, key))
            return entry if entry is not None and entry[2] > clock() else None

        @rule(kind=KINDS, key=KEYS, value=VALUES, seconds=LIVES)
        def put(self, kind, key, value, seconds):
            new = self.live(kind, key) is None
            assert store.put(kind, self.prefix + key, value, seconds) == new
            if new:
                self.replaced(kind, key, value, seconds)

        @rule(kind=KINDS, key=KEYS, value=VALUES, seconds=LIVES)
        def replace(self, kind, key, value, seconds):
            store.replace(kind, self.prefix + key, value, seconds)
            self.replaced(kind, key, value, seconds)

        def replaced(self, kind, key, value, seconds):
            self.held[kind, key] = [value, 0, clock() + timedelta(seconds=seconds)]

        @rule(kind=KINDS, key=KEYS)
        def get(self, kind, key):
            entry = self.live(kind, key)
            assert store.get(kind, self.prefix + key) == (entry[0] if entry else None)

        @rule(kind=KINDS, key=KEYS)
        def take(self, kind, key):
            entry, taken = self.live(kind, key), store.take(kind, self.prefix + key)
            if entry is None:
                assert taken is None
                return
            entry[1] += 1
            assert taken is not None and (taken.value, taken.uses) == (entry[0], entry[1])

        @rule(kind=KINDS, key=KEYS)
        def drop(self, kind, key):
            store.drop(kind, self.prefix + key)
            self.held.pop((kind, key), None)

        @rule(key=KEYS, seconds=LIVES)
        def count(self, key, seconds):
            counter = self.counts.get(key)
            if counter is None or counter[1] <= clock():
                counter = self.counts[key] = [0, clock() + timedelta(seconds=seconds)]
            counter[0] += 1
            assert store.count("limit", self.prefix + key, seconds) == counter[0]

        @rule(key=KEYS)
        def peek(self, key):
            counter = self.counts.get(key)
            alive = counter is not None and counter[1] > clock()
            assert store.peek("limit", self.prefix + key) == (counter[0] if alive else 0)

        @rule()
        def sweep(self):
            assert store.sweep() >= 0

        if moves:

            @rule(seconds=st.sampled_from([1, 59, 60, 300]))
            def wait(self, seconds):
                clock.move(seconds=seconds)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
