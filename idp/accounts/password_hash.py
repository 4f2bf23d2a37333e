"""Argon2id hashes of passwords and control answers: a few at once, a short line before them, and no place beyond it.

A hash takes a hundred times what a token does. So it is computed by threads of its own, which step back for all other
work; half of the threads that answer requests may wait for them, and the other half is always there for machines,
health and pages. Whoever would have to wait longer than that line is asked to come back.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from idp.accounts.password import canonical
from idp.kernel import tracing
from idp.kernel.refusal import Overloaded
from idp.kernel.settings import Passwords

T = TypeVar("T")
#: By so much a hash gives way: the scheduler runs a token's thread at once, and hashes in what is left.
_NICENESS = 10


class Hasher:
    """One for a process. ``places`` is the length of the line, with those whose hash is being computed."""

    def __init__(self, settings: Passwords, places: int) -> None:
        self._argon2 = PasswordHasher(
            time_cost=settings.argon2_time,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )
        self._threads = ThreadPoolExecutor(settings.parallel_hashes, "hash", _step_back)
        self._places = threading.BoundedSemaphore(max(places, settings.parallel_hashes))
        self._mine = threading.local()
        self._dummy = self._argon2.hash("no such account")

    @contextmanager
    def in_line(self) -> Iterator[None]:
        """Take the thread's place before anything else is done; raise ``Overloaded`` at once where there is none.

        No try is counted and no name looked up of somebody who is sent away: so nothing can be learnt of it.
        """
        if getattr(self._mine, "place", False):
            yield
            return
        if not self._places.acquire(blocking=False):
            raise Overloaded("more passwords wait than can be hashed soon")
        self._mine.place = True
        try:
            yield
        finally:
            self._mine.place = False
            self._places.release()

    def make(self, secret: str) -> str:
        return self._by_threads(lambda: self._argon2.hash(canonical(secret)))

    def matches(self, secret: str, stored: str | None) -> bool:
        """Compare; without a stored hash do the same work and say no, so that the time tells nothing."""
        try:
            matched = self._by_threads(lambda: self._argon2.verify(stored or self._dummy, canonical(secret)))
        except (VerificationError, InvalidHashError):
            return False
        return matched and bool(stored)

    def is_outdated(self, stored: str) -> bool:
        """Whether the settings have risen since; the caller renews the hash at the next sign-in."""
        return self._argon2.check_needs_rehash(stored)

    def close(self) -> None:
        self._threads.shutdown()

    def _by_threads(self, act: Callable[[], T]) -> T:
        with self.in_line(), tracing.span("password hash"):
            return self._threads.submit(act).result()


def _step_back() -> None:
    """On Linux niceness is a thread's own."""
    if sys.platform == "linux":
        os.nice(_NICENESS)
