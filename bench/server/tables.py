"""Tables of what was measured, as ``docs/performance.md`` shows them, and the goals that they are held against."""

import platform
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.server.yardsticks import REFERENCE, Yardsticks

if TYPE_CHECKING:
    from bench.server.run import Cost, Found

DOCUMENT = Path(__file__).parents[2] / "docs/performance.md"
_BEGINNING, _END = "<!-- measured: written by make bench PART=server -->\n", "<!-- end of what was measured -->"
#: CPU ms an operation, the store's included: on Granian, with the better of the two pairs of stores.
GOALS = {
    "discovery": 0.10,
    "JWKS": 0.10,
    "client_credentials, ES256": 0.40,
    "client_credentials, RS256": 0.95,
    "refresh and ID token, ES256": 0.8,
    "refresh and ID token, RS256": 1.4,
    "introspection": 0.40,
    "UserInfo": 0.45,
    "login less hash": 3.5,
}
GOAL_MEMORY, GOAL_BESIDE_HASHING = 90, 5
GOAL_SERVER = "granian"
Places = Mapping[tuple[str, str], "Found"]


def within(found: Places) -> bool:
    """Tell whether every goal is reached; with the least of the rounds, for a busy machine makes all of them dearer."""
    costs = {
        label: min(_least(place.costs[label]) for (server, _), place in found.items() if server == GOAL_SERVER)
        for label in GOALS
    }
    ours = [place for (server, _), place in found.items() if server == GOAL_SERVER]
    light = min(place.memory[0] for place in ours) <= GOAL_MEMORY
    return light and all(cost <= GOALS[label] for label, cost in costs.items())


def of(found: Places, yardsticks: Yardsticks, conditions: str) -> str:
    """Return everything as Markdown."""
    heads = [f"{server}, {kind}" for server, kind in found]
    labels = list(next(iter(found.values())).costs)
    machine = ", ".join(
        f"{name} {yardsticks.least[name]:.3g} ms ({norm:.3g} where the goals were set)"
        for name, norm in REFERENCE.items()
    )
    cpu = [
        [
            label,
            f"{GOALS[label]:.2f}" if label in GOALS else "",
            *(_cpu(place.costs[label]) for place in found.values()),
        ]
        for label in labels
    ]
    times = [[label, *(_times(place.costs[label]) for place in found.values())] for label in labels]
    rest = [
        ["memory of two workers, MB", f"{GOAL_MEMORY}", *(f"{place.memory[0]:.0f}" for place in found.values())],
        ["memory of the whole server, MB", "", *(f"{place.memory[1]:.0f}" for place in found.values())],
        ["tokens while passwords are hashed: p50 / p99, ms", "", *map(_beside, found.values())],
        ["the same: p99 as a multiple of p50", f"{GOAL_BESIDE_HASHING}", *map(_multiple, found.values())],
    ]
    return "\n".join(
        (
            f"Python {platform.python_version()}, {conditions}. Yardsticks, in CPU: {machine}.",
            "",
            "CPU of server and stores, in ms an operation: least / median of the rounds, one client.",
            "",
            *_table(["operation", "goal", *heads], cpu),
            "",
            "Times that clients see, in ms: p50 / p99 of one client; of four at once.",
            "",
            *_table(["operation", *heads], times),
            "",
            *_table(["", "goal", *heads], rest),
            "",
        )
    )


def write(text: str) -> None:
    """Put the tables in their place in the document."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(_BEGINNING)
    _, _, after = rest.partition(_END)
    DOCUMENT.write_text(f"{before}{_BEGINNING}\n{text}\n{_END}{after}", encoding="utf-8")


def _least(cost: "Cost") -> float:
    return min(once.spent for once in cost.alone)


def _cpu(cost: "Cost") -> str:
    store = min(once.store for once in cost.alone)
    of_it = f" (store {store:.2f})" if store else ""
    return f"{_least(cost):.2f} / {median(once.spent for once in cost.alone):.2f}{of_it}"


def _times(cost: "Cost") -> str:
    alone, four = cost.alone[-1], cost.four
    assert four is not None
    return f"{alone.within(0.5):.2f} / {alone.within(0.99):.1f}; {four.within(0.5):.2f} / {four.within(0.99):.1f}"


def _beside(place: "Found") -> str:
    seen = place.beside_hashing
    assert seen is not None
    return f"{seen.within(0.5, slice(1)):.2f} / {seen.within(0.99, slice(1)):.1f}"


def _multiple(place: "Found") -> str:
    seen = place.beside_hashing
    assert seen is not None
    return f"{seen.within(0.99, slice(1)) / seen.within(0.5, slice(1)):.1f}"


def _table(heads: list[str], rows: list[list[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]
