"""Every store test runs on SQLite and on PostgreSQL, every test of short-lived state on the file and on Redis."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import create_engine

from idp.accounts.account import Account, Name
from idp.kernel.ids import new_id
from idp.store.accounts import Accounts
from idp.store.database import Database
from idp.store.migrate import migrate
from idp.store.short_lived import ShortLived
from idp.store.short_lived_file import ShortLivedFile
from idp.store.short_lived_redis import ShortLivedRedis
from tests import servers
from tests.conftest import StillClock


def _administer(server: str, statement: str) -> None:
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose database ``migrated`` is at the newest schema, to be copied."""
    with servers.postgresql(tmp_path_factory.mktemp("postgresql")) as server:
        _administer(server, "CREATE DATABASE migrated")
        database = Database(f"{server}/migrated")
        migrate(database)
        database.close()
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[str]:
    with servers.redis() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        path = tmp_path / "idp.db"
        shutil.copy(migrated, path)
        database = Database(f"sqlite:///{path}")
    else:
        server: str = request.getfixturevalue("postgresql")
        name = f"t_{new_id().replace('-', '_').lower()}"
        _administer(server, f'CREATE DATABASE "{name}" TEMPLATE migrated')
        database = Database(f"{server}/{name}")
    yield database
    database.close()


#: How long a second of the tests lasts: on Redis the real clock runs, so its seconds are short.
_SECOND_OF_REDIS = 0.004


@pytest.fixture(params=["file", "redis"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, clock: StillClock) -> Iterator["Kept"]:
    store: ShortLived
    if request.param == "file":
        store = ShortLivedFile(tmp_path / "state.db", now=lambda: clock().timestamp())
        yield Kept(store, 1.0, lambda seconds: clock.move(seconds=seconds))
    else:
        url: str = request.getfixturevalue("redis")
        with Redis.from_url(url) as server:
            server.flushall()
        store = ShortLivedRedis(url)
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
