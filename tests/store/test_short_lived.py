"""Short-lived state: what every store behind the port promises, races between processes included."""

import multiprocessing
from pathlib import Path

import pytest

from idp.store.short_lived import ShortLived
from idp.store.short_lived_file import ShortLivedFile
from idp.store.short_lived_redis import ShortLivedRedis
from tests.conftest import StillClock
from tests.store.conftest import Kept


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


def _race(url: str, keys: int, wins: "multiprocessing.Queue[list[int]]") -> None:
    store: ShortLived = ShortLivedRedis(url) if url.startswith("redis:") else ShortLivedFile(Path(url))
    won = []
    for number in range(keys):
        taken = store.take("code", str(number))
        if taken is not None and taken.uses == 1:
            won.append(number)
    store.close()
    wins.put(won)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", ["file", "redis"])
def test_of_four_processes_exactly_one_sees_the_first_use(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = str(tmp_path / "state.db") if kind == "file" else request.getfixturevalue("redis")
    store: ShortLived = ShortLivedFile(Path(url)) if kind == "file" else ShortLivedRedis(url)
    for number in range(200):
        store.replace("code", str(number), number, 600)
    store.close()
    context = multiprocessing.get_context("spawn")
    wins: multiprocessing.Queue[list[int]] = context.Queue()
    racers = [context.Process(target=_race, args=(url, 200, wins)) for _ in range(4)]
    for racer in racers:
        racer.start()
    won = [number for _ in racers for number in wins.get(timeout=50)]
    for racer in racers:
        racer.join()
    wins.close()
    wins.join_thread()

    assert sorted(won) == list(range(200))
