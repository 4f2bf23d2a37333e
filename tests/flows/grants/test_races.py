"""Two processes, eight callers at once: a code gives tokens once, a refresh token has one successor."""

import multiprocessing
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from idp.kernel.clock import utc_now
from idp.kernel.settings import Settings
from idp.wiring import build
from tests.city import City

PROCESSES, CALLERS = 2, 4


def work(settings: Settings, secrets: dict[str, str], calls: Any, gate: Any, answers: Any) -> None:
    """One worker process: for every round, four threads wait at the gate and then make the same call."""
    flows = build(settings)
    city = City(flows, secrets)

    def call(act: str, value: str) -> tuple[int, Any]:
        gate.wait(30)
        answer = city.exchange(value) if act == "exchange" else city.refresh(value)
        return answer.status, answer.json

    with ThreadPoolExecutor(CALLERS) as pool:
        while (asked := calls.get()) is not None:
            for done in [pool.submit(call, *asked) for _ in range(CALLERS)]:
                answers.put(done.result())
    flows.close()


@pytest.fixture
def city(settings: Settings, migrated: Path, key_folder: Path, tmp_path: Path) -> Iterator[City]:
    shutil.copy(migrated, tmp_path / "idp.db")
    shutil.copytree(key_folder, tmp_path / "keys")
    flows = build(settings)
    city = City(flows)
    city.at = utc_now()
    city.person()
    city.session()
    city.client()
    yield city
    flows.close()


@pytest.fixture
def at_once(city: City, settings: Settings) -> Iterator[Any]:
    """Return a function that makes one call eight times at once, four in each of two processes."""
    spawn = multiprocessing.get_context("spawn")
    gate, answers = spawn.Barrier(PROCESSES * CALLERS), spawn.Queue()
    calls = [spawn.Queue() for _ in range(PROCESSES)]
    workers = [spawn.Process(target=work, args=(settings, city.secrets, mine, gate, answers)) for mine in calls]
    for worker in workers:
        worker.start()

    def run(act: str, value: str) -> list[tuple[int, Any]]:
        for mine in calls:
            mine.put((act, value))
        return [answers.get(timeout=60) for _ in range(PROCESSES * CALLERS)]

    yield run
    for mine in calls:
        mine.put(None)
    for worker in workers:
        worker.join(30)
    for queue in (*calls, answers):
        queue.close()


def test_a_code_gives_tokens_once_and_the_replay_ends_them(city, at_once):
    for _ in range(5):
        grant = city.grant()
        told = at_once("exchange", city.code(grant))

        assert sorted(status for status, _ in told) == [200] + [400] * 7
        assert {body["error"] for status, body in told if status == 400} == {"invalid_grant"}
        first = next(body for status, body in told if status == 200)
        assert city.flows.grants.get(grant.id).end_reason == "replayed_code"
        assert city.userinfo(first["access_token"]).status == 401
        assert city.refresh(first["refresh_token"]).json["error"] == "invalid_grant"


def test_a_refresh_token_has_one_successor_whoever_asks(city, at_once):
    token = city.exchange(city.code(city.grant(offline=True))).json["refresh_token"]
    for _ in range(5):
        told = at_once("refresh", token)

        assert {status for status, _ in told} == {200}
        (successor,) = {body["refresh_token"] for _, body in told}
        assert successor != token
        token = successor
