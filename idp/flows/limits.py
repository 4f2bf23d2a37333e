"""Counting tries against the limits of the settings; the counters are shared by all workers.

A counter is named by a keyed digest: what is counted by may be a SNILS or a phone, few enough to be guessed through.
"""

from dataclasses import dataclass

from idp.accounts.throttle import Limit
from idp.kernel.ids import keyed_digest
from idp.kernel.limit_settings import Limits
from idp.store.short_lived import ShortLived

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Throttle:
    """``count`` adds a try and refuses one too many (``TooMany``); ``forgive`` starts a counter anew."""

    short_lived: ShortLived
    limits: Limits
    secret: bytes

    def limit(self, name: str) -> Limit:
        """Return the limit that the settings hold under this name; its name may say that it is a day's."""
        seconds = _DAY if name.endswith("_a_day") else self.limits.window_seconds
        return Limit(name, getattr(self.limits, name), seconds)

    def count(self, name: str, key: str) -> int:
        """Count one try; return how many are left after it."""
        limit = self.limit(name)
        number = self.short_lived.count("limit", self._named(name, key), limit.seconds)
        limit.judge(number)
        return limit.left(number)

    def spent(self, name: str, key: str) -> bool:
        """Count one try and say nothing; tell whether it is one too many."""
        limit = self.limit(name)
        return self.short_lived.count("limit", self._named(name, key), limit.seconds) > limit.most

    def check(self, name: str, key: str) -> None:
        """Refuse if the limit is used up already; count nothing."""
        limit = self.limit(name)
        limit.judge(self.short_lived.peek("limit", self._named(name, key)) + 1)

    def forgive(self, name: str, key: str) -> None:
        self.short_lived.drop("limit", self._named(name, key))

    def _named(self, name: str, key: str) -> str:
        return keyed_digest(self.secret, name, key)
