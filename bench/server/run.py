"""Runs every operation at every place, prints what it cost, and keeps the tables in ``docs/performance.md``."""

import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from bench.server import operations, tables
from bench.server.clients import Round, measure
from bench.server.operations import Act, Make
from bench.server.places import SERVERS, STORES, Place, bare, ours, stores
from bench.server.processes import load, pss
from bench.server.yardsticks import Yardsticks
from idp.kernel.clock import utc_now
from tests.city import City

#: Hashing of passwords is measured apart: without it a sign-in shows what the rest costs.
LESS_HASH = {"PASSWORDS__ARGON2_MEMORY_KIB": "64", "PASSWORDS__ARGON2_TIME": "1"}
RS256 = {"KEYS__ACCESS_TOKEN_ALG": "RS256"}
BARE = "bare WSGI function"
OPERATIONS: Mapping[str, Make] = {
    "discovery": operations.discovery,
    "JWKS": operations.jwks,
    "client_credentials, ES256": operations.client_credentials,
    "refresh and ID token, ES256": operations.refresh_es256,
    "refresh and ID token, RS256": operations.refresh_rs256,
    "introspection": operations.introspection,
    "UserInfo": operations.userinfo,
    "login less hash": operations.login,
}
AS_SHIPPED: Mapping[str, Make] = {
    "client_credentials, RS256": operations.client_credentials,
    "login": operations.login,
}
#: Browsers that sign in again and again beside the one client whose times are taken.
HASHING = 8


@dataclass(slots=True)
class Cost:
    """What one operation cost at one place: several rounds alone, one with four clients."""

    alone: list[Round] = field(default_factory=list)
    four: Round | None = None


@dataclass(slots=True)
class Found:
    """What was measured of one server over one pair of stores; memory in MB, of the workers and of the whole server."""

    costs: dict[str, Cost] = field(default_factory=dict)
    memory: tuple[float, float] = (0.0, 0.0)
    beside_hashing: Round | None = None


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: rounds alone and their seconds, the seconds of the one with four clients."""

    servers: tuple[str, ...] = SERVERS
    stores: tuple[str, ...] = STORES
    rounds: int = 3
    seconds: float = 0.8
    four_seconds: float = 1.2


WHOLE = Extent()
QUICK = Extent(("granian",), ("SQLite + file",), 2, 0.5, 0.8)


def run(extent: Extent) -> bool:
    """Measure and print; tell whether everything stays within its goal. Only the whole extent is written down."""
    began, before = time.monotonic(), load()
    yardsticks = Yardsticks()
    found = {
        (server, kind): look(server, kind, extent, yardsticks) for kind in extent.stores for server in extent.servers
    }
    conditions = f"{time.monotonic() - began:.0f} s; load average {before} before, {load()} after"
    text = tables.of(found, yardsticks, conditions)
    print(text)
    if extent is WHOLE:
        tables.write(text)
    return tables.within(found)


def main() -> bool:
    return run(WHOLE)


def look(server: str, kind: str, extent: Extent, yardsticks: Yardsticks) -> Found:
    found = Found()
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        folder = Path(name)
        where = stack.enter_context(stores(kind, folder))
        nothing = stack.enter_context(bare(server, folder))
        with ours(server, where, folder, **LESS_HASH) as (place, city):
            settle(city)
            acts = {label: (place, partial(make, city)) for label, make in OPERATIONS.items()}
            acts[BARE] = (nothing, partial(operations.bare, city))
            go_round(found, acts, extent, yardsticks)
            found.memory = (pss(place.workers()), pss(place.pids()))
        with ours(server, where, folder, **RS256) as (place, again):
            city = replace(again, secrets=city.secrets)
            city.at = utc_now()
            shipped = {label: (place, partial(make, city)) for label, make in AS_SHIPPED.items()}
            go_round(found, shipped, extent, yardsticks)
            found.beside_hashing = beside_hashing(place, city, extent)
    return found


def settle(city: City) -> None:
    """Put a signed-in person and the portals into the city that the operations need."""
    city.person()
    city.session()
    city.service()
    city.client("parking", first_party=True)
    city.client("modern", id_token_signed_response_alg="ES256")


def go_round(
    found: Found, acts: Mapping[str, tuple[Place, Callable[[], Act]]], extent: Extent, yardsticks: Yardsticks
) -> None:
    """Measure all of them again and again, so that what else the machine does meanwhile falls on all alike."""
    for _ in range(extent.rounds):
        yardsticks.look()
        for label, (place, make) in acts.items():
            found.costs.setdefault(label, Cost()).alone.append(measure(place, [make()], extent.seconds))
    for label, (place, make) in acts.items():
        found.costs[label].four = measure(place, [make() for _ in range(4)], extent.four_seconds)


def beside_hashing(place: Place, city: City, extent: Extent) -> Round:
    """Return what one client sees that asks for tokens while browsers sign in as fast as they can."""
    acts = [operations.client_credentials(city), *(operations.sign_in(city) for _ in range(HASHING))]
    return measure(place, acts, 4 * extent.seconds)
