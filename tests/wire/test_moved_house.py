"""A running embedded city moves to PostgreSQL: its people sign in there as before, and nothing is said twice."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.provider import HttpBrowser, Provider, serving
from tests.stores import administer
from tests.visitor import answer, is_page
from tests.wire.load import Portal
from tests.wire.newcomer import Newcomer

Open = Callable[[str], HttpBrowser]


def copy(town: Provider, url: str) -> "subprocess.CompletedProcess[str]":
    """Run the command beside the running server, as an operator does."""
    settings = town.flows.settings
    named = {"IDP__DATABASE__URL": settings.database.url, "IDP__KEYS__FOLDER": settings.keys.folder}
    command = [sys.executable, "-m", "idp.cli", "database", "copy", "--to", url]
    return subprocess.run(command, env={**os.environ, **named}, capture_output=True, text=True, timeout=120)


@pytest.fixture
def house(postgresql: str, tmp_path: Path) -> str:
    name = f"house_{tmp_path.name.replace('-', '_').lower()}"
    administer(postgresql, f'CREATE DATABASE "{name}"')
    return f"{postgresql}/{name}"


def test_a_running_city_moves_with_everybody_in_it(house: str, tmp_path: Path, open_browser: Open) -> None:
    with serving(tmp_path) as old:
        old.city.client("parking", first_party=True)
        portal, newcomer = Portal(old, "parking"), Newcomer(old, open_browser(old.address))
        newcomer.register("parking")
        code = answer(newcomer.browser.authorize(scope="openid offline_access"))["code"]
        tokens = portal.exchange(code).body

        done = copy(old, house)
        assert done.returncode == 0, done.stderr
        assert "accounts                          1" in done.stdout and "sealed" in done.stderr
        # The old one reads, and acknowledges nothing any more.
        assert portal.active(tokens["access_token"])
        assert portal.refresh(tokens["refresh_token"]).status == 503
        again = copy(old, house)
        assert (again.returncode, again.stdout) == (1, "") and "not empty" in again.stderr
        cookies, secrets = newcomer.browser.http.cookies, old.city.secrets

    settings = {"DATABASE__URL": house, "SERVER__ISSUER": old.issuer}
    with serving(tmp_path, **settings) as new:
        new.city.secrets.update(secrets)
        portal = Portal(new, "parking")
        assert portal.refresh(tokens["refresh_token"]).status == 200
        newcomer.browser = open_browser(new.address)
        assert is_page(newcomer.sign_in(newcomer.browser.authorize()), "/authorize/resume")
        kept = open_browser(new.address)
        kept.http.cookies = cookies
        assert kept.get("/me").status_code == 200
