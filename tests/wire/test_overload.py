"""Every thread is busy and many wait: health is told nevertheless, what is too much is refused, nothing is lost."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import islice

import httpx
import pytest
from sqlalchemy import create_engine

from tests.endpoints.administrator import CLIENTS, DOCUMENT
from tests.provider import Provider, serving
from tests.stores import copy_of_migrated

#: One worker with two threads; of forty connections twenty may have a thread or wait for one.
SMALL = {"SERVER__WORKERS": "1", "SERVER__THREADS": "2", "SERVER__CONNECTIONS": "40"}
MOST, MANY = 20, 30


@pytest.fixture(scope="module")
def provider(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    stores = {"DATABASE__URL": copy_of_migrated(postgresql)}
    with serving(tmp_path_factory.mktemp("overload"), **SMALL, **stores) as running:
        httpx.get(f"{running.address}/jwks", trust_env=False, timeout=30)
        yield running


@contextmanager
def no_client_is_written(provider: Provider) -> Iterator[None]:
    """Hold a lock of the real database: who writes a client waits as long as it takes, and who reads doesn't."""
    engine = create_engine(provider.flows.settings.database.url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("LOCK TABLE clients IN EXCLUSIVE MODE")
            yield
    finally:
        engine.dispose()


def register(provider: Provider, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.post(f"{provider.address}{CLIENTS}", json=DOCUMENT, headers=headers, timeout=120, trust_env=False)


def health(provider: Provider, part: str) -> httpx.Response:
    return httpx.get(f"{provider.address}/health/{part}", timeout=30, trust_env=False)


def test_health_is_told_while_every_thread_is_busy_and_more_wait(provider: Provider) -> None:
    token = provider.flows.administration.add_token("Test", None).secret
    with ThreadPoolExecutor(MANY) as pool:
        with no_client_is_written(provider):
            waiting: list[Future[httpx.Response]] = [pool.submit(register, provider, token) for _ in range(MANY)]
            # Those above the bound are refused at once; the others can't be answered while the lock is held.
            refused = [request.result() for request in islice(as_completed(waiting), MANY - MOST)]
            told = [health(provider, part) for part in ("live", "ready") * 5]
            numbers = httpx.get(f"{provider.address}/metrics", timeout=30, trust_env=False)
            assert sum(not request.done() for request in waiting) == MOST
        answered = [request.result().status_code for request in waiting]

    assert [answer.status_code for answer in told] == [200] * 10
    assert {answer.json()["status"] for answer in told} == {"live", "ready"}
    assert (
        numbers.status_code == 200 and 'idp_requests_total{method="other",route="unread",status="503"}' in numbers.text
    )
    assert {answer.status_code for answer in refused} == {503}
    assert all(answer.headers["retry-after"] and answer.headers["x-request-id"] for answer in refused)
    assert sorted(answered) == [201] * MOST + [503] * (MANY - MOST)
    assert len(provider.flows.clients.all()) == MOST
    assert register(provider, token).status_code == 201, "the places are free again"
