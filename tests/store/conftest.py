"""Every store test runs on SQLite and on PostgreSQL, every test of short-lived state on the file, on one
Redis, over TLS, under Sentinels and on a cluster."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from idp.accounts.account import Account, Name
from idp.store.accounts import Accounts
from idp.store.database import Database
from idp.store.short_lived import ShortLived
from idp.store.short_lived_file import ShortLivedFile
from idp.store.short_lived_redis import ShortLivedRedis
from tests import redis_groups, redis_tls
from tests.conftest import StillClock


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


#: How long a second of the tests lasts: on Redis the real clock runs, so its seconds are short.
_SECOND_OF_REDIS = 0.004


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_tls.redis(tmp_path_factory.mktemp("tls")) as server:
        yield server.url


@pytest.fixture(scope="session")
def sentinel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis_groups.Group]:
    with redis_groups.sentinel(tmp_path_factory.mktemp("sentinel")) as group:
        yield group


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis_groups.Group]:
    with redis_groups.cluster(tmp_path_factory.mktemp("cluster")) as group:
        yield group


def open_short_lived(url: str) -> ShortLived:
    """Open the store as wiring does, without settings."""
    return ShortLivedFile(Path(url.removeprefix("file:"))) if url.startswith("file:") else ShortLivedRedis(url)


@pytest.fixture(params=["file", "redis", "tls", "sentinel", "cluster"])
def short_lived_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store of each kind."""
    if request.param == "file":
        return f"file:{tmp_path}/state.db"
    if request.param in ("redis", "tls"):
        url: str = request.getfixturevalue(request.param)
        with Redis.from_url(url) as server:
            server.flushdb()
        return url
    group: redis_groups.Group = request.getfixturevalue(request.param)
    group.clear()
    return group.url


@pytest.fixture
def kept(short_lived_url: str, clock: StillClock) -> Iterator["Kept"]:
    store = open_short_lived(short_lived_url)
    if isinstance(store, ShortLivedFile):
        store._now = lambda: clock().timestamp()
        yield Kept(store, 1.0, lambda seconds: clock.move(seconds=seconds))
    else:
        yield Kept(store, _SECOND_OF_REDIS, lambda seconds: time.sleep(seconds * _SECOND_OF_REDIS))
    store.close()


class Kept:
    """A store of short-lived state, and how time passes in it; ``seconds(60)`` is what the store is told."""

    def __init__(self, store: ShortLived, second: float, wait: Callable[[float], None]) -> None:
        self.store = store
        self.second = second
        self.wait = wait

    def seconds(self, number: float) -> float:
        return number * self.second


@pytest.fixture
def anna(database: Database, clock: StillClock) -> str:
    """A person's account that other rows may point to."""
    at = clock()
    name = Name("Иванова", "Анна", "Петровна")
    Accounts(database).open(Account("anna", "anna@example.ru", False, name, "-", at, at), "2026-11-01")
    return "anna"
