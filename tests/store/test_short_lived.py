"""Short-lived state: what every store behind the port promises, races between processes included."""

import pytest

from idp.store.short_lived import ShortLived
from idp.store.short_lived_file import ShortLivedFile
from tests.conftest import StillClock
from tests.racers import EVERYBODY
from tests.store.conftest import Kept, open_short_lived


def test_put_tells_whether_the_key_was_new_and_keeps_the_first_value(kept: Kept) -> None:
    assert kept.store.put("jti", "a", 1, 60)
    assert not kept.store.put("jti", "a", 2, 60)
    assert kept.store.get("jti", "a") == 1


def test_kinds_do_not_meet(kept: Kept) -> None:
    kept.store.put("code", "a", 1, 60)

    assert kept.store.get("jti", "a") is None


def test_a_second_use_still_gets_the_value_and_its_number(kept: Kept) -> None:
    kept.store.put("code", "a", {"grant": "g"}, 60)

    first, second = kept.store.take("code", "a"), kept.store.take("code", "a")

    assert first is not None and (first.value, first.uses) == ({"grant": "g"}, 1)
    assert second is not None and (second.value, second.uses) == ({"grant": "g"}, 2)


def test_what_expired_is_gone_and_its_key_is_new_again(kept: Kept) -> None:
    kept.store.put("code", "a", 1, kept.seconds(60))
    kept.store.take("code", "a")
    kept.wait(61)

    assert kept.store.get("code", "a") is None
    assert kept.store.take("code", "a") is None
    assert kept.store.put("code", "a", 2, 60)
    taken = kept.store.take("code", "a")
    assert taken is not None and (taken.value, taken.uses) == (2, 1)


def test_a_counter_lives_from_its_first_use(kept: Kept) -> None:
    assert [kept.store.count("tries", "a", kept.seconds(100)) for _ in range(3)] == [1, 2, 3]
    assert kept.store.peek("tries", "a") == 3
    kept.wait(101)
    assert kept.store.peek("tries", "a") == 0
    assert kept.store.count("tries", "a", 60) == 1


def test_replace_and_drop(kept: Kept) -> None:
    kept.store.put("x", "a", 1, 60)
    kept.store.take("x", "a")
    kept.store.replace("x", "a", 2, 60)
    taken = kept.store.take("x", "a")
    assert taken is not None and (taken.value, taken.uses) == (2, 1)
    kept.store.drop("x", "a")
    assert kept.store.get("x", "a") is None


def test_sweep_removes_what_expired_and_nothing_else(short_lived: ShortLived, clock: StillClock) -> None:
    for number in range(1200):
        short_lived.put("code", str(number), 1, 10)
    short_lived.put("code", "lives", 1, 100)
    clock.move(seconds=50)

    assert short_lived.sweep() == 1200
    assert short_lived.get("code", "lives") == 1


def test_codes_are_forgotten_at_start(short_lived: ShortLivedFile) -> None:
    short_lived.put("code", "a", 1, 60)
    short_lived.put("jti", "a", 1, 60)
    short_lived.forget("code")

    assert short_lived.get("code", "a") is None
    assert short_lived.get("jti", "a") == 1


def take(store: ShortLived, _: int, keys: int) -> list[int]:
    taken = {number: store.take("code", str(number)) for number in range(keys)}
    return [number for number, found in taken.items() if found is not None and found.uses == 1]


def put(store: ShortLived, number: int, keys: int) -> list[int]:
    return [key for key in range(keys) if store.put("jti", str(key), number, 60)]


def count(store: ShortLived, _: int, times: int) -> list[int]:
    return [store.count("tries", "a", 60) for _ in range(times)]


@pytest.mark.parametrize("act", [take, put])
def test_of_eight_callers_in_two_processes_exactly_one_is_first(act, race, short_lived_url):
    store = open_short_lived(short_lived_url)
    for number in range(50):
        store.put("code", str(number), number, 600)
    store.close()

    answers = race(open_short_lived, (short_lived_url,), act, 50)

    assert sorted(number for answer in answers for number in answer) == list(range(50))


def test_no_count_is_lost_or_given_twice(race, short_lived_url):
    answers = race(open_short_lived, (short_lived_url,), count, 20)

    assert sorted(number for answer in answers for number in answer) == list(range(1, EVERYBODY * 20 + 1))
