"""Limits on guessing and flooding: which counter a try falls under, and when it is too many."""

from dataclasses import dataclass

from idp.kernel.refusal import Refused

#: In minutes.
_DAY = 1440
#: What is said of limits of a day that aren't about wrong codes.
_TODAY = {"sign_up_letters_a_day": "too_many_letters"}


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` in a window of ``seconds``; the name keeps counters apart."""

    name: str
    most: int
    seconds: int

    def judge(self, count: int) -> None:
        """Refuse when the count, this try included, is over the limit."""
        if count > self.most:
            raise TooMany(self.name, minutes=max(1, round(self.seconds / 60)))

    def left(self, count: int) -> int:
        return max(0, self.most - count)


class TooMany(Refused):
    """Over a limit: the words say how long to wait."""

    def __init__(self, limit: str, minutes: int) -> None:
        super().__init__(_TODAY.get(limit, "too_many_today") if minutes >= _DAY else "too_many", minutes=minutes)
        self.limit = limit
