"""A store goes away and comes back while people and portals are at work: a minute is asked for, and nothing is lost."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from redis import Redis

from idp.kernel.words import catalogues
from tests import postgresql_pair, servers
from tests.provider import HttpBrowser, Provider, serving
from tests.stores import administer
from tests.visitor import answer, is_page, text
from tests.wire.chain import Chain
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


def test_without_redis_people_are_asked_for_a_minute_and_all_that_lasts_goes_on(
    town: Provider, redis_of_its_own: servers.Running, open_browser: Callable[[str], HttpBrowser]
) -> None:
    portal, browser = Portal(town, "parking"), open_browser(town.address)
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
    for part in ("title", "what", "safe"):
        assert text(page).count(catalogues()["en"].plain(f"error.unavailable.{part}").replace("\u00a0", " "))
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

    stranger = open_browser(town.address)
    waiting = stranger.authorize()
    with Redis.from_url(redis_of_its_own.url) as server:
        server.flushall()
    newcomer.browser = stranger
    assert is_page(newcomer.sign_in(waiting), "/me")


def chains(town: Provider, ended: threading.Event) -> list[Chain]:
    """Four portals at work in a town that has nobody yet."""
    town.city.person()
    town.city.session()
    town.city.client("parking")
    portal = Portal(town, "parking")
    tokens = [portal.exchange(portal.new_code(offline=True)).body["refresh_token"] for _ in range(4)]
    made = [Chain(portal, token, ended) for token in tokens]
    for each in made:
        each.start()
    return made


def all_go_on(made: list[Chain], since: float) -> None:
    """Hold that everybody is answered again, and nobody was refused later than five seconds after that moment."""
    for each in made:
        each.goes_on()
    assert max(each.failed_at for each in made) - since < 5


def nothing_was_lost(made: list[Chain], ended: threading.Event) -> None:
    ended.set()
    for each in made:
        each.join()
    assert {status for each in made for status in each.statuses} == {200, 503}
    assert {each.portal.refresh(each.token).status for each in made} == {200}


def test_a_database_restarted_under_load_loses_nothing_and_is_back_within_five_seconds(
    tmp_path: Path, redis: str
) -> None:
    ended = threading.Event()
    with servers.postgresql() as database:
        administer(database.url, "CREATE DATABASE city")
        stores = {"DATABASE__URL": f"{database.url}/city", "SHORT_LIVED__URL": redis.removesuffix("/0") + "/2"}
        with serving(tmp_path, **stores) as town:
            made = chains(town, ended)
            # In order, and as after a power cut.
            for sign in (signal.SIGINT, signal.SIGQUIT):
                for each in made:
                    each.goes_on()
                database.stop(sign)
                time.sleep(0.3)
                database.start()
                all_go_on(made, time.monotonic())
            nothing_was_lost(made, ended)


def test_a_replica_takes_over_by_hand_and_nothing_acknowledged_is_lost(tmp_path: Path, redis: str) -> None:
    ended = threading.Event()
    with postgresql_pair.pair("city") as database:
        stores = {"DATABASE__URL": database.url, "SHORT_LIVED__URL": redis.removesuffix("/0") + "/3"}
        with serving(tmp_path, **stores) as town:
            made = chains(town, ended)
            for each in made:
                each.goes_on()
            database.primary.stop(signal.SIGQUIT)
            database.promote()
            all_go_on(made, time.monotonic())
            nothing_was_lost(made, ended)
