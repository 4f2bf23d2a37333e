"""One city and one Chromium for all journeys; each person gets a browser context of their own."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.demo_city import free_block, logs, running_city
from tests.journeys.newcomer import Newcomer
from tests.journeys.screen import Screen
from tests.journeys.town import Town
from tests.journeys.ways import DESK, Way
from tests.servers import program

#: The journeys come from one address, faster than people do, and don't wait for another code.
_SETTINGS = {
    "IDP__LIMITS__SIGN_UP_PER_ADDRESS": "10000",
    "IDP__LIMITS__RECOVERY_PER_ADDRESS": "10000",
    "IDP__LIMITS__SIGN_IN_TRIES_PER_ADDRESS": "10000",
    "IDP__CONFIRMATION__RESEND_SECONDS": "0",
    "IDP__TOKENS__CLIENT_CACHE_SECONDS": "0",
}
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The whole city; whatever a journey did, none of its processes may have failed inside."""
    data = tmp_path_factory.mktemp("city")
    with running_city(free_block(), data, environment=_SETTINGS) as (_shown, document):
        yield Town.of(document, data)
    said = logs(data)
    shutil.rmtree(data, ignore_errors=True)
    assert "Traceback" not in said, said


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=_SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def way() -> Way:
    """Parametrise ``way`` to come in other ways."""
    return DESK


@pytest.fixture
def screens(chromium: Browser, town: Town) -> Iterator[Callable[[Way], Screen]]:
    """Make a screen on demand: another person, another device."""
    made: list[Screen] = []

    def make(way: Way = DESK) -> Screen:
        made.append(Screen(chromium, town, way))
        return made[-1]

    yield make
    for screen in made:
        screen.close()


@pytest.fixture
def screen(screens: Callable[[Way], Screen], way: Way) -> Screen:
    return screens(way)


@pytest.fixture
def newcomer() -> Newcomer:
    return Newcomer.fresh()
