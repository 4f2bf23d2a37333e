"""The whole callable of a worker over either database, with a person in it and the limits out of the way."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from idp.kernel.clock import utc_now
from idp.kernel.limit_settings import Limits
from idp.kernel.settings import Database as DatabaseSettings
from idp.kernel.settings import Keys, Passwords, Server, Settings, ShortLived
from idp.wiring import build, prepare
from tests import servers
from tests.city import City
from tests.machines import key_folder
from tests.visitor import PASSWORD

__all__ = ["key_folder"]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with servers.postgresql() as server:
        yield f"{server.url}/postgres"


@pytest.fixture(scope="session")
def settings_there(tmp_path_factory: pytest.TempPathFactory, key_folder: Path) -> Settings:
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(key_folder, folder / "keys")
    return Settings(
        server=Server(issuer="https://id.test"),
        database=DatabaseSettings(url=f"sqlite:///{folder}/idp.db"),
        short_lived=ShortLived(url=f"file:{folder}/state.db"),
        keys=Keys(folder=str(folder / "keys")),
        passwords=Passwords(argon2_memory_kib=64, argon2_time=1),
        limits=Limits(**dict.fromkeys(("sign_in_tries", "sign_in_tries_per_address", "sign_up_per_address"), 10**6)),
    )


@contextmanager
def inhabited(settings: Settings) -> Iterator[City]:
    """Anna and the portal Parking."""
    prepare(settings)
    flows = build(settings)
    city = City(flows)
    city.at = utc_now()
    city.person(password_hash=flows.hasher.make(PASSWORD))
    city.client(first_party=True)
    yield city
    flows.close()


@pytest.fixture(scope="session")
def town(settings_there: Settings) -> Iterator[City]:
    with inhabited(settings_there) as city:
        yield city


@pytest.fixture(scope="session")
def town_on_postgresql(settings_there: Settings, postgresql: str) -> Iterator[City]:
    """The other database refuses other things: a NUL is no text to it, a long text no short one."""
    with inhabited(replace(settings_there, database=DatabaseSettings(url=postgresql))) as city:
        yield city
