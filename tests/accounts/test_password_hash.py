"""Hashing: some at once, some in a line, and at once a refusal for whoever comes beyond it."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from idp.accounts.password_hash import Hasher
from idp.kernel.refusal import Overloaded
from idp.kernel.settings import Passwords

PLACES = 3


class Slow:
    """Stands for a hash that takes long: it waits until it is let go, and tells how many run at once."""

    def __init__(self) -> None:
        self.go, self.begun = threading.Event(), threading.Semaphore(0)
        self.running, self.most, self._lock = 0, 0, threading.Lock()

    def __call__(self, *_: str) -> str:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.begun.release()
        assert self.go.wait(60)
        with self._lock:
            self.running -= 1
        return "hashed"


@pytest.fixture
def hasher() -> Iterator[Hasher]:
    made = Hasher(Passwords(argon2_memory_kib=64, argon2_time=1), PLACES)
    yield made
    made.close()


@pytest.fixture
def slow(hasher: Hasher, monkeypatch: pytest.MonkeyPatch) -> Slow:
    held = Slow()
    monkeypatch.setattr("argon2.PasswordHasher.hash", held)
    return held


def fill(hasher: Hasher, slow: Slow, pool: ThreadPoolExecutor) -> list["Future[str]"]:
    """Take every place of the line; return when all of them are taken and the first hash runs."""
    standing = threading.Barrier(PLACES + 1)

    def one() -> str:
        with hasher.in_line():
            standing.wait(60)
            return hasher.make("a password")

    waiting = [pool.submit(one) for _ in range(PLACES)]
    standing.wait(60)
    assert slow.begun.acquire(timeout=60)
    return waiting


def test_whoever_comes_beyond_the_line_is_sent_away_and_the_line_is_served_one_by_one(
    hasher: Hasher, slow: Slow
) -> None:
    with ThreadPoolExecutor(PLACES) as pool:
        waiting = fill(hasher, slow, pool)
        with pytest.raises(Overloaded):
            hasher.make("one more")
        with pytest.raises(Overloaded):
            hasher.matches("one more", None)
        slow.go.set()
        assert [future.result(60) for future in waiting] == ["hashed"] * PLACES

    assert slow.most == 1
    assert hasher.make("now there is room") == "hashed"


def test_a_place_that_was_taken_serves_all_hashes_of_its_thread(hasher: Hasher, slow: Slow) -> None:
    slow.go.set()
    with hasher.in_line(), hasher.in_line():
        assert [hasher.make("a password") for _ in range(PLACES + 1)] == ["hashed"] * (PLACES + 1)


def test_places_come_back_after_a_failure(hasher: Hasher) -> None:
    for _ in range(PLACES + 1):
        with pytest.raises(KeyError), hasher.in_line():
            raise KeyError("a flow that refuses")
    assert hasher.matches("a password", hasher.make("a password"))
