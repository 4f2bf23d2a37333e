"""Real stores for tests: PostgreSQL with a migrated database to copy, Redis, and names for both kinds of pairs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from idp.kernel.ids import new_id
from idp.store.database import Database
from idp.store.migrate import migrate
from tests import servers


def administer(server: str, statement: str) -> None:
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def copy_of_migrated(server: str) -> str:
    """Return the address of a new database at the newest schema."""
    name = f"t_{new_id().replace('-', '_').lower()}"
    administer(server, f'CREATE DATABASE "{name}" TEMPLATE migrated')
    return f"{server}/{name}"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A server whose database ``migrated`` is at the newest schema, to be copied."""
    with servers.postgresql() as server:
        administer(server.url, "CREATE DATABASE migrated")
        database = Database(f"{server.url}/migrated")
        migrate(database)
        database.close()
        yield server.url


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.redis(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> str:
    """The address of a migrated, empty database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "idp.db"
        path.write_bytes(migrated.read_bytes())
        return f"sqlite:///{path}"
    return copy_of_migrated(request.getfixturevalue("postgresql"))


@pytest.fixture(params=["embedded", "servers"])
def store_urls(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> tuple[str, str]:
    """The addresses of both stores of one deployment: two files, or PostgreSQL with Redis."""
    if request.param == "embedded":
        path = tmp_path / "idp.db"
        path.write_bytes(migrated.read_bytes())
        return f"sqlite:///{path}", f"file:{tmp_path}/state.db"
    redis_url: str = request.getfixturevalue("redis")
    return copy_of_migrated(request.getfixturevalue("postgresql")), redis_url
