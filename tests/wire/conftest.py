"""``idp serve`` with two workers, on files and on PostgreSQL with Redis; Anna, her session and a portal in each."""

from collections.abc import Callable, Iterator

import pytest

from tests.provider import HttpBrowser, Provider, serving
from tests.stores import copy_of_migrated
from tests.wire import walk
from tests.wire.load import Portal


@pytest.fixture(scope="session", params=["embedded", "servers"])
def provider(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    stores = {}
    if request.param == "servers":
        redis: str = request.getfixturevalue("redis")
        database = copy_of_migrated(request.getfixturevalue("postgresql"))
        stores = {"DATABASE__URL": database, "SHORT_LIVED__URL": redis.removesuffix("/0") + "/1"}
    with serving(tmp_path_factory.mktemp("wire"), **stores) as running:
        running.city.person()
        running.city.session()
        running.city.client("parking")
        yield running


@pytest.fixture
def portal(provider: Provider) -> Portal:
    return Portal(provider, "parking")


@pytest.fixture
def browser(provider: Provider) -> Iterator[HttpBrowser]:
    opened = HttpBrowser(provider.address)
    yield opened
    opened.http.close()


@pytest.fixture
def open_browser() -> Iterator[Callable[[str], HttpBrowser]]:
    """Opens browsers at addresses, and closes them all in the end, however the test ends."""
    opened: list[HttpBrowser] = []

    def at(address: str) -> HttpBrowser:
        opened.append(HttpBrowser(address))
        return opened[-1]

    yield at
    for each in opened:
        each.http.close()


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> walk.Walked:
    """What was written and sent of a person's whole way."""
    return walk.walked(tmp_path_factory.mktemp("walk"))
