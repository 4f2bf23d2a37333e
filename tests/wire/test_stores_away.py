"""A store goes away and comes back while people and portals are at work: a minute is asked for, and nothing is lost."""

import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from redis import Redis

from tests import servers
from tests.provider import HttpBrowser, Provider, serving
from tests.stores import administer
from tests.visitor import answer, is_page, text
from tests.wire.load import Portal
from tests.wire.newcomer import Newcomer


@pytest.fixture
def redis_of_its_own(tmp_path: Path) -> Iterator[servers.Running]:
    with servers.redis(tmp_path) as server:
        yield server


@pytest.fixture
def town(redis_of_its_own: servers.Running, tmp_path: Path) -> Iterator[Provider]:
    with serving(tmp_path, SHORT_LIVED__URL=redis_of_its_own.url, SHORT_LIVED__TIMEOUT_SECONDS="0.5") as running:
        running.city.client("parking", first_party=True)
        running.city.service()
        yield running


def machines(town: Provider, token: str) -> dict[str, int]:
    """Return what machines are told that need no short-lived state."""
    bearer = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=town.address, trust_env=False) as line:
        return {
            "discovery": line.get("/.well-known/openid-configuration").status_code,
            "keys": line.get("/jwks").status_code,
            "userinfo": line.get("/userinfo", headers=bearer).status_code,
            "service": Portal(town, "service").post("/token", grant_type="client_credentials").status,
            "introspection": Portal(town, "parking").post("/introspect", token=token).status,
        }


def test_without_redis_people_are_asked_for_a_minute_and_all_that_lasts_goes_on(town, redis_of_its_own):
    portal, browser = Portal(town, "parking"), HttpBrowser(town.address)
    newcomer = Newcomer(town, browser)
    asked = {"scope": "openid offline_access"}
    newcomer.register("parking")
    tokens = portal.exchange(answer(browser.authorize(**asked))["code"]).body
    unused = answer(browser.authorize())["code"]

    redis_of_its_own.stop()
    for page in (browser.authorize(), browser.post("/sign-in", {"login": newcomer.email, "password": "x"})):
        assert page.status_code in (400, 503)
    page = browser.authorize()
    assert (page.status_code, page.headers["Retry-After"]) == (503, "60")
    assert "A minute, please" in text(page) and "nobody was signed out" in text(page)
    told = portal.exchange(unused)
    assert (told.status, told.body["error"]) == (503, "temporarily_unavailable")
    assert set(machines(town, tokens["access_token"]).values()) == {200}
    renewed = portal.refresh(tokens["refresh_token"])
    assert renewed.status == 200
    assert browser.get("/me").status_code == 200

    # It comes back empty: the code is nobody's, the session and the tokens stand, without a restart of ours.
    redis_of_its_own.start()
    assert portal.exchange(unused).body["error"] == "invalid_grant"
    assert portal.exchange(answer(browser.authorize())["code"]).status == 200
    with Redis.from_url(redis_of_its_own.url) as server:
        server.flushall()
    assert "code" in answer(browser.authorize())
    assert portal.refresh(renewed.body["refresh_token"]).status == 200

    stranger = HttpBrowser(town.address)
    waiting = stranger.authorize()
    with Redis.from_url(redis_of_its_own.url) as server:
        server.flushall()
    newcomer.browser = stranger
    assert is_page(newcomer.sign_in(waiting), "/me")
    browser.http.close()
    stranger.http.close()


@dataclass
class Chain(threading.Thread):
    """A portal that renews its token again and again, and asks with the same one until it is answered."""

    portal: Portal
    token: str
    ended: threading.Event
    acknowledged: int = 0
    statuses: set[int] = field(default_factory=set)
    failed_at: float = 0.0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        while not self.ended.is_set():
            told = self.portal.refresh(self.token)
            self.statuses.add(told.status)
            if told.status == 200:
                self.token, self.acknowledged = told.body["refresh_token"], self.acknowledged + 1
            else:
                self.failed_at = time.monotonic()

    def goes_on(self, turns: int = 5, seconds: float = 30) -> None:
        """Return when it was answered some times more."""
        goal, end = self.acknowledged + turns, time.monotonic() + seconds
        while self.acknowledged < goal:
            assert self.is_alive() and time.monotonic() < end, self.statuses
            time.sleep(0.02)


def test_a_database_restarted_under_load_loses_nothing_and_is_back_within_five_seconds(
    tmp_path, tmp_path_factory, redis
):
    with servers.postgresql(tmp_path_factory.mktemp("postgresql")) as database:
        administer(database.url, "CREATE DATABASE city")
        stores = {"DATABASE__URL": f"{database.url}/city", "SHORT_LIVED__URL": redis.removesuffix("/0") + "/2"}
        with serving(tmp_path, **stores) as town:
            town.city.person()
            town.city.session()
            town.city.client("parking")
            portal, ended = Portal(town, "parking"), threading.Event()
            tokens = [portal.exchange(portal.new_code(offline=True)).body["refresh_token"] for _ in range(4)]
            chains = [Chain(portal, token, ended) for token in tokens]
            for chain in chains:
                chain.start()
            # In order, and as after a power cut.
            for sign in (signal.SIGINT, signal.SIGQUIT):
                for chain in chains:
                    chain.goes_on()
                database.stop(sign)
                time.sleep(0.3)
                database.start()
                back = time.monotonic()
                for chain in chains:
                    chain.goes_on()
                assert max(chain.failed_at for chain in chains) - back < 5
            ended.set()
            for chain in chains:
                chain.join()
            assert {status for chain in chains for status in chain.statuses} == {200, 503}
            assert {portal.refresh(chain.token).status for chain in chains} == {200}
