"""Keys rotate under running portals: no restart, no token refused, and who meets a new key fetches it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from joserfc import jws

from tests.provider import Provider, serving
from tests.relying_parties.apache import apache
from tests.relying_parties.arrange import Person, settle
from tests.relying_parties.browser import Browser
from tests.relying_parties.example import example_portal


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """One of its own: portals that keep keys for minutes must not meet this."""
    with serving(tmp_path_factory.mktemp("rotating"), OUTGOING__INTERNAL_NETWORKS="127.0.0.0/8") as started:
        yield started


@pytest.fixture(scope="module")
def anna(provider: Provider) -> Person:
    return settle(provider, "anna")


def idp_keys(provider: Provider, *arguments: str) -> list[dict[str, Any]]:
    """Run ``idp keys`` as an operator does, beside the running server."""
    environment = {**os.environ, "IDP__KEYS__FOLDER": provider.flows.settings.keys.folder}
    command = [sys.executable, "-m", "idp.cli", "keys", *arguments, "--json"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return list(json.loads(told.stdout))


def published(provider: Provider) -> set[str]:
    return {key["kid"] for key in httpx.get(f"{provider.issuer}/jwks", trust_env=False).json()["keys"]}


def kid(token: str) -> str:
    return str(jws.extract_compact(token.encode()).protected["kid"])


def hint(browser: Browser, portal: str, provider: Provider) -> str:
    """Return the ID token that the portal signs out with; the person stays signed in at the provider."""
    browser.open(f"{portal}/")
    browser.press(until=provider.issuer)
    return httpx.URL(browser.address).params["id_token_hint"]


def test_announced_then_current_and_nothing_is_refused(
    provider: Provider, browser: Browser, anna: Person, tmp_path: Path
):
    with (
        TemporaryDirectory(prefix="apache-") as folder,
        apache(provider, Path(folder)) as site,
        example_portal(provider, tmp_path) as portal,
    ):
        browser.open(f"{site}/")
        browser.sign_in(anna)
        browser.open(f"{portal}/news")
        before = hint(browser, portal, provider)
        browser.open(f"{portal}/news")

        announced = {line["kid"] for line in idp_keys(provider, "rotate") if line["phase"] == "next"}
        assert len(announced) == 3
        wait_until(lambda: announced <= published(provider))
        assert kid(before) in published(provider)

        idp_keys(provider, "rotate", "--at-once", "--alg", "RS256")
        wait_until(lambda: kid(_new_hint(browser, portal, provider)) != kid(before))
        # Both portals have met a key that they didn't know, and the sign-in counts on.
        assert "access level simplified" in browser.open(f"{portal}/news").text
        with Browser() as another:
            another.open(f"{site}/")
            another.sign_in(anna)
            assert another.address == f"{site}/" and "OIDC_CLAIM_acr=simplified" in another.text

        # The retired key's token is still a good hint: it signs out without a question.
        browser.open(f"{provider.issuer}/end_session?id_token_hint={before}")
        assert "You are signed out" in browser.text
        browser.open(f"{site}/")
        assert browser.path == "/sign-in"


def _new_hint(browser: Browser, portal: str, provider: Provider) -> str:
    browser.open(f"{portal}/news")
    return hint(browser, portal, provider)


def wait_until(it_is_so: Any) -> None:
    """Workers look at the keys once a second; the limit only catches a hang."""
    end = time.monotonic() + 30
    while not it_is_so():
        assert time.monotonic() < end
        time.sleep(0.2)
