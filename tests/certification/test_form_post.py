"""Certification 1.7: what the form itself must be; the whole basic list by form_post stands in ``test_basic``."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.certification.portal import Person, Portal
from tests.city import CALLBACK
from tests.provider import HttpBrowser
from tests.visitor import answer, posted

WILD = "\"'><script>alert('&amp;&#39;')</script>&lt;%20+é☃ "
HOSTILE = [WILD, '" autofocus onfocus="x', "</form><form action=https://evil.test>", "{{ 7*7 }}", "%s${x}"]


@pytest.fixture
def mode() -> str:
    return "form_post"


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags(page: Any) -> list[tuple[str, dict[str, str | None]]]:
    reader = _Scripts()
    reader.feed(page.text)
    return reader.tags


@pytest.mark.parametrize("wanted", [{}, {"response_type": "token"}, {"prompt": "none"}], ids=str)
@pytest.mark.parametrize("state", HOSTILE)
def test_values_arrive_escaped_and_whole(
    portal: Portal, browser: HttpBrowser, person: Person, wanted: dict[str, str], state: str
):
    if not wanted:
        told = portal.signed_in(browser, person, state=state)
    else:
        told = portal.silently(browser, state=state, **wanted)

    assert told["state"] == state and told.keys() <= {"code", "error", "error_description", "state", "iss"}


@pytest.mark.parametrize("wanted", [{"scope": "openid"}, {"response_type": "token"}], ids=["success", "error"])
def test_the_page_posts_itself_by_a_file_of_ours_and_by_a_button_without_it(
    portal: Portal, browser: HttpBrowser, person: Person, wanted: dict[str, str]
):
    portal.signed_in(browser, person)
    page = portal.ask(browser, state=WILD, **wanted)

    [form] = [named for tag, named in tags(page) if tag == "form" and named["action"] == CALLBACK]
    assert form["method"] == "post" and "enctype" not in form and "target" not in form
    scripts = [named.get("src") or "inline" for tag, named in tags(page) if tag == "script"]
    assert "/static/form_post.js" in scripts and all(script.startswith("/static/") for script in scripts)
    assert not any(name.startswith("on") or name == "style" for _, named in tags(page) for name in named)
    assert any(tag == "button" and named.get("type") == "submit" for tag, named in tags(page))
    policy = page.headers["Content-Security-Policy"]
    assert (
        "script-src 'self';" in policy
        and "unsafe" not in policy
        and "form-action 'self' https://parking.test;" in policy
    )
    assert page.headers["Cache-Control"] == "no-store"
    assert page.status_code == 200 and "Location" not in page.headers
    assert browser.get("/static/form_post.js").headers["Content-Type"].startswith("text/javascript")


def test_what_may_not_be_redirected_is_a_page_here_too(portal: Portal, browser: HttpBrowser):
    for wrong in ({"redirect_uri": "https://unregistered.test/"}, {"client_id": "nobody"}, {"redirect_uri": None}):
        page = portal.ask(browser, **wrong)

        assert page.status_code == 400 and not re.search(r"<form|<input", page.text)


def test_a_mode_that_is_not_offered_is_an_error_in_the_query(portal: Portal, browser: HttpBrowser):
    told = answer(portal.ask(browser, response_mode="form_post.jwt"))

    assert told["error"] == "invalid_request" and told["state"] == portal.sent["state"]


def test_a_person_who_goes_back_is_told_by_post(portal: Portal, browser: HttpBrowser):
    waiting = portal.ask(browser)
    declined = waiting.headers["Location"].replace("/sign-in", "/authorize/decline")

    assert posted(browser.get(declined))["error"] == "access_denied"
