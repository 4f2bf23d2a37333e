"""One provider for all certification lines, over HTTP; each test has its own portal, person and browser."""

from collections.abc import Iterator

import httpx
import pytest

from tests.certification.portal import Person, Portal
from tests.provider import HttpBrowser, Provider, serving


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with serving(tmp_path_factory.mktemp("provider"), OUTGOING__INTERNAL_NETWORKS="127.0.0.0/8") as running:
        yield running


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    """The portals' own line to the provider: no cookies of any person."""
    with httpx.Client(timeout=30, trust_env=False) as client:
        yield client
        assert not client.cookies


@pytest.fixture
def mode() -> str:
    """The response mode of the plan; a file that runs for several says so."""
    return "query"


@pytest.fixture
def portal(provider: Provider, http: httpx.Client, mode: str) -> Portal:
    return Portal.register(provider, http, mode)


@pytest.fixture
def person(provider: Provider) -> Person:
    return Person(provider.person())


@pytest.fixture
def browser(provider: Provider) -> Iterator[HttpBrowser]:
    opened = HttpBrowser(provider.address)
    yield opened
    opened.http.close()
