"""One provider for all relying parties of the session, and browsers to walk between them."""

from collections.abc import Iterator

import pytest

from tests.provider import Provider, serving
from tests.relying_parties.arrange import Person, settle
from tests.relying_parties.browser import Browser
from tests.relying_parties.openid_client import OpenidClient, openid_client


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """It may call portals on loopback, as the setting of an operator says."""
    with serving(tmp_path_factory.mktemp("provider"), OUTGOING__INTERNAL_NETWORKS="127.0.0.0/8") as started:
        yield started


@pytest.fixture(scope="session")
def anna(provider: Provider) -> Person:
    """An ordinary resident: level simplified."""
    return settle(provider, "anna")


@pytest.fixture
def browser() -> Iterator[Browser]:
    with Browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def portals(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenidClient]:
    """The portals written with openid-client."""
    with openid_client(provider, tmp_path_factory.mktemp("openid-client")) as started:
        yield started
