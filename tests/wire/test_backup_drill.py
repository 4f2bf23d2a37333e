"""The drill: a backup of a running city, everything destroyed, a restore; people sign in and portals renew tokens."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tests.provider import HttpBrowser, Provider, serving
from tests.visitor import answer, is_page
from tests.wire.load import Portal
from tests.wire.newcomer import Newcomer


def idp(town: Provider, *arguments: str) -> None:
    """Run a command as an operator does, with the town's settings."""
    settings = town.flows.settings
    named = {"IDP__DATABASE__URL": settings.database.url, "IDP__KEYS__FOLDER": settings.keys.folder}
    command = [sys.executable, "-m", "idp.cli", *arguments]
    done = subprocess.run(command, env={**os.environ, **named}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_a_city_is_backed_up_under_load_destroyed_and_restored(
    tmp_path: Path, open_browser: Callable[[str], HttpBrowser]
) -> None:
    words, sealed, city = tmp_path / "words", tmp_path / "sealed", tmp_path / "city"
    words.write_text("sirene and seven lanterns")
    city.mkdir()
    with serving(city) as old:
        old.city.client("parking", first_party=True)
        portal, newcomer = Portal(old, "parking"), Newcomer(old, open_browser(old.address))
        newcomer.register("parking")
        tokens = portal.exchange(answer(newcomer.browser.authorize(scope="openid offline_access"))["code"]).body
        old.city.person()
        old.city.session()
        busy, ended = portal.exchange(portal.new_code(offline=True)).body["refresh_token"], threading.Event()
        statuses: list[int] = []

        def renew(token: str) -> None:
            while not ended.is_set():
                told = portal.refresh(token)
                statuses.append(told.status)
                token = told.body.get("refresh_token", "")

        load = threading.Thread(target=renew, args=(busy,), daemon=True)
        load.start()
        idp(old, "backup", str(sealed), "--passphrase-file", str(words))
        ended.set()
        load.join(30)
        # The backup held nobody off.
        assert set(statuses) == {200}
        secrets = old.city.secrets
    shutil.rmtree(city)
    city.mkdir()

    idp(old, "restore", str(sealed), "--passphrase-file", str(words), "--without-ledger")

    with serving(city, SERVER__ISSUER=old.issuer) as new:
        new.city.secrets.update(secrets)
        portal, newcomer.provider, newcomer.browser = Portal(new, "parking"), new, open_browser(new.address)
        assert portal.refresh(tokens["refresh_token"]).body["error"] == "invalid_grant"
        assert not portal.active(tokens["access_token"])
        answered = newcomer.sign_in(newcomer.browser.authorize(scope="openid offline_access"))
        assert is_page(answered, "/authorize/resume")
        made = portal.exchange(answer(newcomer.browser.follow(answered))["code"]).body
        assert portal.refresh(made["refresh_token"]).status == 200
        assert new.city.claims(made["id_token"])["sub"] == new.city.claims(tokens["id_token"])["sub"]
