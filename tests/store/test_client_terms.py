"""Finding clients: by beginnings of words, by owner, page after page, through indexes alone."""

from dataclasses import replace

import pytest
from sqlalchemy import insert

from idp.clients.client import Client
from idp.store import client_terms
from idp.store.clients import Clients
from idp.store.database import Database
from idp.store.tables.clients import ClientRow, ClientTermRow
from tests.conftest import StillClock


@pytest.fixture
def clients(database: Database, clock: StillClock) -> Clients:
    return Clients(database, clock, 5)


def ids(found: list[Client]) -> list[str]:
    return [client.client_id for client in found]


def test_every_word_asked_for_must_begin_a_word_of_the_names_or_the_id(clients):
    clients.add(Client("parking", "City Parking", client_name_i18n={"ru": "Зелёные парковки"}))
    clients.add(Client("library-2", "City library", client_name_i18n={"ru": "Библиотека"}))

    for asked, found in {
        "": ["library-2", "parking"],
        "city": ["library-2", "parking"],
        "CITY par": ["parking"],
        "libr": ["library-2"],
        "2": ["library-2"],
        "зеленые": ["parking"],
        "ЗЕЛЁ": ["parking"],
        "arking": [],
        "city museum": [],
        "%": [],
        "par%": ["parking"],
        "-": [],
    }.items():
        assert ids(clients.page("", 10, name=asked)) == found, asked


def test_an_owner_is_asked_for_as_a_whole(clients):
    clients.add(Client("parking", "Parking", owner="Transport Department"))
    clients.add(Client("library", "Transport books", owner="Culture"))

    assert ids(clients.page("", 10, owner="transport department")) == ["parking"]
    assert ids(clients.page("", 10, owner="transport")) == []
    assert ids(clients.page("", 10, name="books", owner="Culture")) == ["library"]


def test_words_change_and_go_with_the_client(clients):
    clients.add(Client("parking", "Parking", owner="Transport"))
    clients.change(replace(clients.fresh("parking"), client_name="Garage", owner="Culture"))

    assert ids(clients.page("", 10, name="garage", owner="culture")) == ["parking"]
    assert ids(clients.page("", 10, owner="transport")) == []
    assert ids(clients.page("", 10, name="parking")) == ["parking"], "the id is a word too"
    clients.remove(clients.fresh("parking"))
    assert clients.page("", 10) == clients.page("", 10, name="garage") == []


def test_a_page_begins_behind_the_last_one_whoever_comes_meanwhile(clients):
    for name in ("b", "d", "f", "h"):
        clients.add(Client(name * 3, "Portal"))
    first = ids(clients.page("", 2))
    clients.add(Client("ccc", "Portal"))
    clients.add(Client("ggg", "Portal"))

    assert first == ["bbb", "ddd"]
    assert ids(clients.page(first[-1], 10)) == ["fff", "ggg", "hhh"]


@pytest.mark.parametrize(("name", "owner"), [("parking", ""), ("city parking", ""), ("", "transport"), ("", "")])
def test_only_indexes_are_looked_up(database, clock, name, owner):
    document = {"client_name": "x", "scope": ""}
    known = [f"client-{number:05}" for number in range(3000)]
    with database.together(), database.connection() as connection:
        connection.execute(
            insert(ClientRow),
            [
                {
                    "client_id": client_id,
                    "client_name": "x",
                    "metadata": document,
                    "created_at": clock(),
                    "changed_at": clock(),
                }
                for client_id in known
            ],
        )
        terms = [("name", f"word{number}", client_id) for number, client_id in enumerate(known)]
        terms += [("owner", f"owner{number % 300}", client_id) for number, client_id in enumerate(known)]
        connection.execute(
            insert(ClientTermRow), [{"kind": kind, "term": term, "client_id": whose} for kind, term, whose in terms]
        )
    statement, values = client_terms.found("client-01000", 50, name, owner)
    with database.connection() as connection:
        connection.exec_driver_sql("ANALYZE")
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        spelled = statement.params(values).compile(connection, compile_kwargs={"literal_binds": True})
        found = connection.exec_driver_sql(f"{explain} {spelled}")
        plan = "\n".join(str(row) for row in found.fetchall())

    assert "Seq Scan" not in plan, plan
    assert "SCAN clients" not in plan and "SCAN client_terms" not in plan, plan
    assert "client_terms" in plan or not (name or owner), plan
