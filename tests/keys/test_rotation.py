"""The phases of a key follow from its times alone."""

from datetime import UTC, datetime, timedelta

import pytest

from idp.keys.rotation import Phase, SigningKey, current, lives, next_change

DAY = timedelta(days=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def key(kid: str, starts_at: datetime, alg: str = "ES256") -> SigningKey:
    return SigningKey(kid, alg, starts_at - timedelta(hours=1), starts_at, {})


OLD, PRESENT, COMING = key("old", NOON - 9 * DAY), key("present", NOON - DAY / 2), key("coming", NOON + DAY)
RING = (OLD, PRESENT, COMING, key("other", NOON - 9 * DAY, "RS256"))


@pytest.mark.parametrize(
    ("at", "phases"),
    [
        (NOON, {"old": "retired", "present": "current", "coming": "next", "other": "current"}),
        (NOON + DAY / 2, {"old": "gone", "present": "current", "coming": "next", "other": "current"}),
        (NOON + DAY, {"old": "gone", "present": "retired", "coming": "current", "other": "current"}),
        (NOON + 2 * DAY, {"old": "gone", "present": "gone", "coming": "current", "other": "current"}),
        (NOON - 9 * DAY, {"old": "current", "present": "next", "coming": "next", "other": "current"}),
    ],
)
def test_phases(at, phases):
    assert {life.key.kid: life.phase.value for life in lives(RING, at, DAY)} == phases


def test_the_newest_that_has_started_signs():
    assert current(RING, "ES256", NOON) is PRESENT
    assert current(RING, "ES256", NOON + DAY) is COMING
    assert current(RING, "EdDSA", NOON) is None


def test_a_key_whose_time_has_not_come_signs_where_there_is_no_other():
    assert current((COMING,), "ES256", NOON) is COMING


def test_the_next_change_is_the_next_moment_of_any_key():
    assert next_change(RING, NOON, DAY) == NOON + DAY / 2
    assert next_change(RING, NOON + 2 * DAY, DAY) is None


def test_exactly_one_key_of_an_algorithm_is_current_at_any_time():
    for hours in range(-24 * 10, 24 * 5):
        told = lives(RING, NOON + timedelta(hours=hours), DAY)
        assert [life.key.alg for life in told if life.phase is Phase.CURRENT].count("ES256") <= 1
