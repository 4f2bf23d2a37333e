"""What repeated requests are answered: kept once, for a time."""

from datetime import timedelta

import pytest

from idp.store.database import Conflict, Database
from idp.store.repeats import Repeat, Repeats
from tests.conftest import StillClock

DAY = timedelta(days=1)
FIRST = Repeat("request", "nonce", {"client_id": "parking", "secret": True})


@pytest.fixture
def repeats(database: Database) -> Repeats:
    return Repeats(database)


def test_an_outcome_is_kept_for_its_time(repeats, clock: StillClock):
    repeats.add("key", FIRST, clock(), clock() + DAY)

    assert repeats.get("key", clock()) == FIRST
    assert repeats.get("other", clock()) is None
    with pytest.raises(Conflict):
        repeats.add("key", FIRST, clock(), clock() + DAY)
    clock.move(days=1)
    assert repeats.get("key", clock()) is None
    repeats.add("key", Repeat("second", "n", {}), clock(), clock() + DAY)
    assert repeats.get("key", clock()).request_digest == "second"


def test_the_sweep_takes_what_is_over(repeats, clock: StillClock):
    repeats.add("old", FIRST, clock(), clock() + DAY)
    repeats.add("new", FIRST, clock(), clock() + 2 * DAY)
    clock.move(days=1)

    assert repeats.sweep(clock()) == 1
    assert repeats.get("new", clock()) == FIRST
