"""The link of ``idp init`` makes the first administrator's token: by a press, once, in time."""

import html
import re
import threading
from urllib.parse import urlsplit

import pytest

from idp.kernel.ids import digest
from tests.city import City
from tests.visitor import Visitor, text


@pytest.fixture
def link(town: City) -> str:
    offered = urlsplit(town.flows.people.first_admin.offer())
    return f"{offered.path}?{offered.query}"


def token_of(page) -> str:
    found = re.search(r'id="secret"[^>]* value="([^"]+)"', page.text)
    assert found is not None, page.text
    return html.unescape(found[1])


def tokens(town: City):
    return town.flows.administration.tokens.all()


def test_a_press_makes_a_token_that_opens_the_api(visitor: Visitor, town: City, link: str):
    shown = visitor.get(link)
    assert shown.status_code == 200 and tokens(town) == []
    assert shown.headers["Cache-Control"] == "no-store" and shown.headers["Referrer-Policy"] == "same-origin"

    made = visitor.press(shown, name="Anna, first on duty")

    secret = token_of(made)
    assert [kept.name for kept in tokens(town)] == ["Anna, first on duty"]
    assert town.call("GET", "/admin/v1/clients", authorization=f"Bearer {secret}").status == 200
    kinds = [(line.event.kind, line.event.actor) for line in town.flows.journal.of("")]
    assert ("first_admin.offered", "command-line") in kinds and ("first_admin.made", "first-admin-link") in kinds


def test_a_spent_link_is_like_one_that_never_was(visitor: Visitor, town: City, link: str):
    shown = visitor.get(link)
    visitor.press(shown, name="Anna")

    never = visitor.get("/first-admin?token=never")
    for gone in (visitor.get(link), visitor.press(shown, name="Boris")):
        assert gone.status_code == never.status_code == 410
        assert text(gone) == text(never)
    assert len(tokens(town)) == 1


def test_a_link_ends_after_a_day_and_with_the_next_one(visitor: Visitor, town: City, link: str, clock):
    clock.move(hours=23, minutes=59)
    assert visitor.get(link).status_code == 200
    clock.move(minutes=1)
    assert visitor.get(link).status_code == 410

    first = urlsplit(town.flows.people.first_admin.offer())
    second = urlsplit(town.flows.people.first_admin.offer())
    assert visitor.get(f"{first.path}?{first.query}").status_code == 410
    assert visitor.get(f"{second.path}?{second.query}").status_code == 200


def test_a_name_that_is_refused_does_not_cost_the_link(visitor: Visitor, town: City, link: str):
    refused = visitor.press(visitor.get(link), name="  ")
    assert refused.status_code == 400 and "needs a name" in text(refused)

    assert token_of(visitor.press(refused, name="Anna"))


def test_another_site_cannot_press(visitor: Visitor, town: City, link: str):
    answer = visitor.another().post("/first-admin", {"token": link.partition("=")[2], "name": "Eve"})

    assert answer.status_code == 400 and tokens(town) == []


def test_of_many_who_press_at_once_one_is_given_a_token(town: City, link: str):
    flow, secret, given = town.flows.people.first_admin, link.partition("=")[2], []

    def press() -> None:
        try:
            given.append(flow.take(secret, "Anna"))
        except Exception:
            return

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(given) == len(tokens(town)) == 1


def test_the_database_holds_no_link(town: City, link: str):
    secret = link.partition("=")[2]
    with town.flows.database.connection() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM marks").fetchall())

    assert secret not in kept and digest(secret) in kept


@pytest.mark.parametrize("language", ["ru", "en"])
def test_it_is_spoken_in_both_languages(visitor: Visitor, link: str, language: str):
    shown = visitor.get(link, **{"Accept-Language": language})

    assert ("Станьте" in text(shown)) is (language == "ru")
