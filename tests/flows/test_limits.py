"""What stands in the short-lived store tells nobody whose tries were counted."""

from idp.flows.limits import Throttle
from idp.kernel.limit_settings import Limits


class Names:
    """Keeps by what name each counter was asked for, as the store is told it."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def count(self, kind: str, key: str, seconds: float) -> int:
        self.seen.append(key)
        return 1

    def drop(self, kind: str, key: str) -> None:
        self.seen.append(key)


def test_counters_are_named_by_a_digest_that_takes_a_key():
    """A SNILS has some 10^9 values: a digest that anybody can make is guessed through in minutes."""
    names = Names()
    here, there = (Throttle(names, Limits(), secret) for secret in (b"1" * 32, b"2" * 32))
    here.count("sign_in_tries", "snils:11223344595")
    here.forgive("sign_in_tries", "snils:11223344595")
    here.count("sign_in_tries", "snils:30551826450")
    here.count("sign_in_tries_per_address", "snils:11223344595")
    there.count("sign_in_tries", "snils:11223344595")

    counted, forgiven, *others = names.seen
    assert counted == forgiven
    assert "11223344595" not in "".join(names.seen)
    assert len({counted, *others}) == 4
