"""Fixtures of the machines' door, imported by the folders that need them."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from idp.kernel.settings import Keys, Settings
from idp.keys.key_ring import KeyRing
from idp.wiring import build
from tests.city import City
from tests.conftest import StillClock


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys made once: an RSA key takes a while."""
    folder = tmp_path_factory.mktemp("made") / "keys"
    KeyRing.open(folder, Keys(), lambda: datetime(2026, 1, 1, tzinfo=UTC)).prepare()
    return folder


@pytest.fixture
def city(settings: Settings, migrated: Path, key_folder: Path, tmp_path: Path, clock: StillClock) -> Iterator[City]:
    """Everything wired as in a worker, with nobody in it; short-lived state lives by the still clock too."""
    shutil.copy(migrated, tmp_path / "idp.db")
    shutil.copytree(key_folder, tmp_path / "keys")
    flows = build(settings, clock)
    flows.short_lived._now = lambda: clock().timestamp()  # type: ignore[attr-defined]
    yield City(flows)
    flows.close()


@pytest.fixture
def town(city: City) -> City:
    """A city with a person, her session, and two portals."""
    city.person()
    city.session()
    city.client("parking")
    city.client("library", client_name="Library")
    return city
