"""``make bench PART=server.million``: what the same operations cost in an empty city and among a million residents."""

import tempfile
from functools import partial
from pathlib import Path

from bench.server.places import STORES, ours, stores
from bench.server.processes import load
from bench.server.run import LESS_HASH, OPERATIONS, Extent, Found, go_round, settle
from bench.server.yardsticks import Yardsticks
from tests.crowd import fill

RESIDENTS = 1_000_000
#: By so much a figure may differ.
MARGIN = 0.15
#: The others read no database.
READING = ("refresh and ID token, ES256", "introspection", "UserInfo", "login less hash")
_EXTENT = Extent(rounds=5)


def main() -> bool:
    """Print both figures of each operation, the least of the rounds; tell whether they are as good as the same."""
    print(f"load average {load()}")
    empty, full = look(0), look(RESIDENTS)
    same = True
    for label in READING:
        before, after = (min(once.spent for once in found.costs[label].alone) for found in (empty, full))
        print(f"{label:30} {before:6.2f} {after:6.2f} ms  {after / before - 1:+.0%}")
        same = same and after <= before * (1 + MARGIN)
    return same


def look(residents: int) -> Found:
    """Measure on Granian over PostgreSQL and Redis, with so many residents beside those who are asked for."""
    found = Found()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with stores(STORES[1], folder) as where, ours("granian", where, folder, **LESS_HASH) as (place, city):
            if residents:
                fill(where.database, residents, everything=False)
            settle(city)
            acts = {label: (place, partial(OPERATIONS[label], city)) for label in READING}
            go_round(found, acts, _EXTENT, Yardsticks())
    return found
