"""Argon2id hashes of passwords and control answers, with a bound on how many a process computes at once."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from idp.accounts.password import canonical
from idp.kernel import tracing
from idp.kernel.settings import Passwords


class Hasher:
    """One for a process. Argon2 lets go of the interpreter, so other requests go on while it computes."""

    def __init__(self, settings: Passwords) -> None:
        self._argon2 = PasswordHasher(
            time_cost=settings.argon2_time,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )
        self._places = threading.BoundedSemaphore(settings.parallel_hashes)
        self._dummy = self.make("no such account")

    def make(self, secret: str) -> str:
        with tracing.span("password hash"), self._places:
            return self._argon2.hash(canonical(secret))

    def matches(self, secret: str, stored: str | None) -> bool:
        """Compare; without a stored hash do the same work and say no, so that the time tells nothing."""
        with tracing.span("password hash"), self._places:
            try:
                matched = self._argon2.verify(stored or self._dummy, canonical(secret))
            except (VerificationError, InvalidHashError):
                return False
        return matched and bool(stored)

    def is_outdated(self, stored: str) -> bool:
        """Whether the settings have risen since; the caller renews the hash at the next sign-in."""
        return self._argon2.check_needs_rehash(stored)
