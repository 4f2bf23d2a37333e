"""While more passwords come than can be hashed: machines are answered, who can't wait is told so, known or not."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import httpx
import pytest

from tests.provider import HttpBrowser, Provider, serving
from tests.visitor import forms

THREADS = 6
#: Half of the threads may wait for a hash.
PLACES = THREADS // 2
#: A hash takes seconds here, so that everything below happens while the first is being computed.
LONG = {"PASSWORDS__ARGON2_TIME": "30000", "SERVER__WORKERS": "1", "SERVER__THREADS": str(THREADS)}


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    with serving(tmp_path, **LONG) as running:
        yield running


def ready(provider: Provider, login: str) -> Callable[[], httpx.Response]:
    """Return what presses the button of a form that is filled in."""
    browser = HttpBrowser(provider.address)
    form = forms(browser.get("/sign-in"))[-1]

    def press() -> httpx.Response:
        answered = browser.post(form["action"], {**form["fields"], "login": login, "password": "wrong-1"})
        browser.http.close()
        return answered

    return press


def plain(page: httpx.Response) -> str:
    """Return the page without what is another each time: the request's id."""
    return re.sub(r"\b[A-Z2-9]{3}-[A-Z2-9]{3}\b", "", page.text)


def test_machines_are_answered_and_who_comes_beyond_the_line_is_asked_to_come_back(provider: Provider) -> None:
    person = provider.city.person("anna", password_hash=provider.flows.hasher._dummy)
    provider.city.service()
    logins = [f"{person}@example.ru", "nobody@example.ru"] * PLACES
    with ThreadPoolExecutor(len(logins)) as pool:
        buttons = [ready(provider, login) for login in logins]
        asked = [pool.submit(press) for press in buttons]
        first = as_completed(asked, timeout=120)
        refused = [next(first) for _ in range(len(logins) - PLACES)]
        line = HttpBrowser(provider.address)
        pair = ("service", provider.city.secrets["service"])
        token = line.http.post("/token", data={"grant_type": "client_credentials"}, auth=pair)
        health = [line.get(path).status_code for path in ("/health/live", "/health/ready")]
        hashing = [future for future in asked if not future.done()]
        line.http.close()

        assert token.status_code == 200
        assert health == [200, 200]
        assert hashing, "the answers above must come while passwords are still being hashed"
        pages = [future.result() for future in refused]
        assert {(page.status_code, page.headers["Retry-After"]) for page in pages} == {(503, "5")}
        assert len(set(map(plain, pages))) == 1
        assert [future.result(120).status_code for future in hashing] == [400] * len(hashing)
