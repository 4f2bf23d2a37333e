"""What a running provider stands on goes bad: a full disk, keys open to others, a clock that jumps. It says so, and
goes on; nothing that was acknowledged is lost."""

import resource
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.provider import HttpBrowser, Provider, serving
from tests.visitor import answer, is_page, text
from tests.wire.load import Portal
from tests.wire.newcomer import Newcomer

#: Python runs this before anything else: the one place that asks what time it is looks at a file besides.
_FALSE_CLOCK = """
from datetime import timedelta
from pathlib import Path

from idp.kernel import clock

_apart, _true = Path(__file__).with_name("seconds"), clock.utc_now
clock.utc_now = lambda: _true() + timedelta(seconds=float(_apart.read_text()))
"""


class Clock:
    """The running provider's clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()
        (folder / "sitecustomize.py").write_text(_FALSE_CLOCK)
        self.jump(0)

    def jump(self, seconds: float) -> None:
        """Stand so far from the true clock."""
        beside = self.folder / "seconds.new"
        beside.write_text(str(seconds))
        beside.replace(self.folder / "seconds")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ground")


@pytest.fixture(scope="module")
def clock(folder: Path) -> Clock:
    return Clock(folder / "clock")


@pytest.fixture(scope="module")
def town(folder: Path, clock: Clock) -> Iterator[Provider]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(clock.folder))
        with serving(folder, "", "--jobs", BACKUP__LEDGER=str(folder / "ledger")) as running:
            patch.undo()
            running.city.client("parking", first_party=True)
            running.city.person()
            running.city.session()
            yield running


@pytest.fixture
def portal(town: Provider) -> Portal:
    return Portal(town, "parking")


def log_says(town: Provider, folder: Path, *words: str) -> None:
    """Return when a line of the log has all the words; keys are looked at by who needs them."""
    end = time.monotonic() + 30
    while not any(all(word in line for word in words) for line in (folder / "log").read_text("utf-8").splitlines()):
        assert time.monotonic() < end, words
        assert httpx.get(f"{town.address}/jwks", trust_env=False).status_code == 200
        time.sleep(0.1)


@contextmanager
def full_disk(town: Provider, files: int) -> Iterator[None]:
    """No file of the workers grows beyond that many bytes: what a full disk or a quota is to them."""
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in town.workers()}
    for pid, (_, hard) in limits.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (files, hard))
    try:
        yield
    finally:
        for pid, limit in limits.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


def test_on_a_full_disk_who_writes_is_asked_for_a_minute_and_nothing_is_lost(
    town: Provider, portal: Portal, folder: Path, open_browser: Callable[[str], HttpBrowser]
) -> None:
    browser = open_browser(town.address)
    newcomer = Newcomer(town, browser)
    newcomer.register("parking")
    tokens = portal.exchange(portal.new_code(offline=True)).body
    log, grown = folder / "log", folder / "idp.db-wal"
    while grown.stat().st_size < log.stat().st_size + 65_536:
        tokens = portal.refresh(tokens["refresh_token"]).body

    with full_disk(town, log.stat().st_size + 32_768):
        # What is there of the log of writes is used up first.
        while (told := portal.refresh(tokens["refresh_token"])).status == 200:
            tokens = told.body
        assert (told.status, told.body["error"]) == (503, "temporarily_unavailable")
        stranger = open_browser(town.address)
        page = stranger.authorize()
        assert page.status_code == 503 and "Wait a minute" in text(page)
        # What only reads goes on.
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert httpx.get(f"{town.address}/userinfo", headers=bearer, trust_env=False).status_code == 200
        assert portal.active(tokens["access_token"])
    log_says(town, folder, "database", "disk")

    assert portal.refresh(tokens["refresh_token"]).status == 200
    assert "code" in answer(browser.authorize())
    newcomer.browser = stranger
    assert is_page(newcomer.sign_in(stranger.authorize()), "/authorize/resume")
    with closing(sqlite3.connect(folder / "idp.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_keys_that_others_can_read_are_told_of_and_the_ones_in_memory_sign_on(
    town: Provider, portal: Portal, folder: Path
) -> None:
    ring = folder / "keys" / "signing.json"
    tokens = portal.exchange(portal.new_code(offline=True)).body
    ring.chmod(0o644)
    try:
        log_says(town, folder, "keys.too_open", str(ring))
        renewed = portal.refresh(tokens["refresh_token"])
        assert renewed.status == 200 and portal.active(renewed.body["access_token"])
        ring.rename(ring.with_suffix(".away"))
        log_says(town, folder, "keys.unreadable", "no keys are there")
        renewed = portal.refresh(renewed.body["refresh_token"])
        assert renewed.status == 200
    finally:
        if ring.with_suffix(".away").exists():
            ring.with_suffix(".away").rename(ring)
        ring.chmod(0o600)

    # Closed again, it is read again.
    made = town.flows.keys.rotate("ES256", at_once=True)
    assert stat.S_IMODE(ring.stat().st_mode) == 0o600
    end = time.monotonic() + 30
    while made.kid not in httpx.get(f"{town.address}/jwks", trust_env=False).text:
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_clock_that_jumps_back_an_hour_is_told_of_and_nobody_loses_anything(
    town: Provider, portal: Portal, folder: Path, clock: Clock, open_browser: Callable[[str], HttpBrowser]
) -> None:
    newcomer = Newcomer(town, open_browser(town.address))
    newcomer.register("parking")
    code = answer(newcomer.browser.authorize(scope="openid offline_access"))["code"]
    before = portal.exchange(code).body
    spent = portal.refresh(before["refresh_token"]).body

    clock.jump(-3600)
    # By a jump, or by the journal if the jobs have just begun.
    log_says(town, folder, "the clock", " seconds")
    # Sessions, tokens and keys from the hour that hasn't come yet are good, used codes stay used.
    assert newcomer.browser.get("/me").status_code == 200
    assert portal.active(spent["access_token"])
    assert portal.exchange(code).body["error"] == "invalid_grant"
    waiting = newcomer.browser.authorize(scope="openid offline_access")
    made = portal.exchange(answer(waiting)["code"]).body
    assert town.city.claims(made["id_token"])["iat"] < town.city.claims(spent["id_token"])["iat"]
    kept = portal.refresh(made["refresh_token"]).body
    assert portal.refresh(kept["refresh_token"]).status == 200
    newcomer.browser = open_browser(town.address)
    assert is_page(newcomer.sign_in(newcomer.browser.authorize()), "/authorize/resume")

    clock.jump(0)
    log_says(town, folder, "the clock jumped by +36")
    assert is_page(newcomer.sign_in(newcomer.browser.authorize(prompt="login")), "/authorize/resume")
    assert portal.refresh(portal.exchange(portal.new_code(offline=True)).body["refresh_token"]).status == 200
