"""Short-lived state: what every store behind the port promises, races between processes included."""

import multiprocessing
from pathlib import Path

import pytest

from idp.store.short_lived import ShortLived
from idp.store.short_lived_file import ShortLivedFile
from tests.conftest import StillClock


def test_put_tells_whether_the_key_was_new_and_keeps_the_first_value(short_lived: ShortLived) -> None:
    assert short_lived.put("jti", "a", 1, 60)
    assert not short_lived.put("jti", "a", 2, 60)
    assert short_lived.get("jti", "a") == 1


def test_kinds_do_not_meet(short_lived: ShortLived) -> None:
    short_lived.put("code", "a", 1, 60)

    assert short_lived.get("jti", "a") is None


def test_a_second_use_still_gets_the_value_and_its_number(short_lived: ShortLived) -> None:
    short_lived.put("code", "a", {"grant": "g"}, 60)

    first, second = short_lived.take("code", "a"), short_lived.take("code", "a")

    assert first is not None and (first.value, first.uses) == ({"grant": "g"}, 1)
    assert second is not None and (second.value, second.uses) == ({"grant": "g"}, 2)


def test_what_expired_is_gone_and_its_key_is_new_again(short_lived: ShortLived, clock: StillClock) -> None:
    short_lived.put("code", "a", 1, 60)
    short_lived.take("code", "a")
    clock.move(seconds=60)

    assert short_lived.get("code", "a") is None
    assert short_lived.take("code", "a") is None
    assert short_lived.put("code", "a", 2, 60)
    taken = short_lived.take("code", "a")
    assert taken is not None and (taken.value, taken.uses) == (2, 1)


def test_a_counter_lives_from_its_first_use(short_lived: ShortLived, clock: StillClock) -> None:
    assert [short_lived.count("tries", "a", 60) for _ in range(3)] == [1, 2, 3]
    clock.move(seconds=59)
    assert short_lived.peek("tries", "a") == 3
    clock.move(seconds=1)
    assert short_lived.peek("tries", "a") == 0
    assert short_lived.count("tries", "a", 60) == 1


def test_sweep_removes_what_expired_and_nothing_else(short_lived: ShortLived, clock: StillClock) -> None:
    for number in range(1200):
        short_lived.put("code", str(number), 1, 10)
    short_lived.put("code", "lives", 1, 100)
    clock.move(seconds=50)

    assert short_lived.sweep() == 1200
    assert short_lived.get("code", "lives") == 1


def test_replace_and_drop(short_lived: ShortLived) -> None:
    short_lived.put("x", "a", 1, 60)
    short_lived.take("x", "a")
    short_lived.replace("x", "a", 2, 60)
    taken = short_lived.take("x", "a")
    assert taken is not None and (taken.value, taken.uses) == (2, 1)
    short_lived.drop("x", "a")
    assert short_lived.get("x", "a") is None


def test_codes_are_forgotten_at_start(short_lived: ShortLivedFile) -> None:
    short_lived.put("code", "a", 1, 60)
    short_lived.put("jti", "a", 1, 60)
    short_lived.forget("code")

    assert short_lived.get("code", "a") is None
    assert short_lived.get("jti", "a") == 1


def _race(path: Path, keys: int, wins: "multiprocessing.Queue[list[int]]") -> None:
    store = ShortLivedFile(path)
    won = []
    for number in range(keys):
        taken = store.take("code", str(number))
        if taken is not None and taken.uses == 1:
            won.append(number)
    store.close()
    wins.put(won)


@pytest.mark.timeout(60)
def test_of_four_processes_exactly_one_sees_the_first_use(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    store = ShortLivedFile(path)
    for number in range(200):
        store.put("code", str(number), number, 600)
    store.close()
    context = multiprocessing.get_context("spawn")
    wins: multiprocessing.Queue[list[int]] = context.Queue()
    racers = [context.Process(target=_race, args=(path, 200, wins)) for _ in range(4)]
    for racer in racers:
        racer.start()
    won = [number for _ in racers for number in wins.get(timeout=50)]
    for racer in racers:
        racer.join()
    wins.close()
    wins.join_thread()

    assert sorted(won) == list(range(200))
