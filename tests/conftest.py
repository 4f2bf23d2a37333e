"""What tests share: a migrated database, real stores, a clock that stands still, the whole callable of a worker."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from idp.kernel.registry_settings import Registries
from idp.kernel.settings import Database as DatabaseSettings
from idp.kernel.settings import Keys, Passwords, Server, Settings, ShortLived
from idp.store import migrate as migrations
from idp.store.database import Database
from idp.store.migrate import migrate
from idp.store.short_lived_file import ShortLivedFile
from tests.racers import Racers, started
from tests.stores import database_url, postgresql, redis, store_urls

if "IDP_TEST_MIGRATIONS" in os.environ:
    # `make previous`: these tests are the last release's, and the schema is the next one's.
    migrations._FOLDER = Path(os.environ["IDP_TEST_MIGRATIONS"])

__all__ = ["database_url", "postgresql", "redis", "store_urls"]


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """Commands run inside a test narrow the umask of the whole run; what others make meanwhile must stay readable."""
    before = os.umask(0o022)
    yield
    os.umask(before)


class StillClock:
    """Stands at noon until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **step: float) -> None:
        self.at += timedelta(**step)


@pytest.fixture(scope="session")
def race() -> Iterator[Racers]:
    """Eight callers in two processes that do the same at once."""
    with started() as racers:
        yield racers


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file at the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "idp.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    with database.connection() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    database.close()
    return path


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "idp.db"
    shutil.copy(migrated, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def short_lived(tmp_path: Path, clock: StillClock) -> Iterator[ShortLivedFile]:
    store = ShortLivedFile(tmp_path / "state.db", now=lambda: clock().timestamp())
    yield store
    store.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An https issuer, everything in ``tmp_path``, cheap password hashes."""
    return Settings(
        server=Server(issuer="https://id.test"),
        database=DatabaseSettings(url=f"sqlite:///{tmp_path}/idp.db"),
        short_lived=ShortLived(url=f"file:{tmp_path}/state.db"),
        keys=Keys(folder=str(tmp_path / "keys")),
        passwords=Passwords(argon2_memory_kib=64, argon2_time=1),
        # Nobody answers there; a SNILS can be asked about all the same.
        registries=Registries(gateway_url="http://127.0.0.1:9"),
    )
