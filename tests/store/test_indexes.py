"""With a city's numbers, what signing in, recovering and looking for a client ask of PostgreSQL is found by an index.

The statements are those that these flows send, whatever they are: they are noted on the way and explained afterwards.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update

from idp.kernel.clock import utc_now
from idp.kernel.settings import load
from idp.store.tables.accounts import AccountRow
from idp.store.tables.records import OutboxRow
from idp.wiring import build, prepare
from tests.city import City
from tests.crowd import email, fill
from tests.stores import copy_of_migrated
from tests.visitor import PASSWORD, Visitor, answer, forms

CROWD = 20_000
PERSON = 777
#: Tables that stay small whoever comes: reading them whole is cheaper than any index.
SMALL = {"marks"}
Sent = dict[str, Any]


@pytest.fixture(scope="module")
def metropolis(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder: Path = tmp_path_factory.mktemp("metropolis")
    given = {
        "SERVER__ISSUER": "https://id.test",
        "DATABASE__URL": copy_of_migrated(postgresql),
        "SHORT_LIVED__URL": f"file:{folder}/state.db",
        "KEYS__FOLDER": str(folder / "keys"),
        "PASSWORDS__ARGON2_MEMORY_KIB": "64",
        "PASSWORDS__ARGON2_TIME": "1",
    }
    settings = load(None, {f"IDP__{name}": value for name, value in given.items()})
    prepare(settings)
    fill(settings.database.url, CROWD)
    flows = build(settings)
    city = City(flows)
    city.at = utc_now()
    city.client("parking", first_party=True)
    hashed = flows.hasher.make(PASSWORD)
    flows.database.run(update(AccountRow).where(AccountRow.login == email(PERSON)).values(password_hash=hashed))
    yield city
    flows.close()


@pytest.fixture
def sent(metropolis: City) -> Iterator[Sent]:
    """Every statement that goes to the database while a test runs, with what it was asked with."""
    noted: Sent = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        noted.setdefault(statement, parameters)

    engine = metropolis.flows.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield noted
    event.remove(engine, "before_cursor_execute", note)


def read_whole(city: City, sent: Sent) -> list[tuple[str, str]]:
    """Return the tables that PostgreSQL would read whole, each with the statement that makes it do so."""
    found = []
    for statement, parameters in list(sent.items()):
        if not re.match(r"SELECT|INSERT|UPDATE|DELETE", statement):
            continue
        with city.flows.database.engine.connect() as connection:
            explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
            (plan,) = explained.scalar_one()
        found += [(table, statement) for table in scanned(plan["Plan"])]
    return found


def scanned(node: dict[str, Any]) -> list[str]:
    own = [node["Relation Name"]] if node["Node Type"] == "Seq Scan" and node["Relation Name"] not in SMALL else []
    return [*own, *(table for child in node.get("Plans", ()) for table in scanned(child))]


def test_the_judge_sees_a_table_that_is_read_whole(metropolis: City, sent: Sent) -> None:
    metropolis.flows.database.rows(select(AccountRow.id).where(AccountRow.given_name == "Анна"))

    assert [table for table, _ in read_whole(metropolis, sent)] == ["accounts"]


@pytest.mark.parametrize("name", [email(PERSON), f"+7{9_000_000_000 + PERSON}", "nobody@example.ru", "nobody"])
def test_signing_in_to_a_portal_and_its_tokens(metropolis: City, sent: Sent, name: str) -> None:
    visitor = Visitor(metropolis.flows)
    page = visitor.authorize(scope="openid profile email")
    if name == "nobody" or name.startswith("nobody@"):
        assert visitor.press(visitor.follow(page), login=name, password=PASSWORD).status_code == 400
    else:
        tokens = metropolis.exchange(answer(visitor.sign_in(page, name))["code"]).json
        assert metropolis.introspect(tokens["access_token"])["active"]
        assert metropolis.userinfo(tokens["access_token"]).json["email"] == email(PERSON)
        assert metropolis.refresh(tokens["refresh_token"]).status == 200

    assert sent
    assert read_whole(metropolis, sent) == []


@pytest.mark.parametrize("number", [PERSON + 1, CROWD + 1], ids=["known", "unknown"])
def test_recovering_a_login_and_a_password(metropolis: City, sent: Sent, number: int) -> None:
    visitor, name = Visitor(metropolis.flows), email(number)
    assert visitor.press(visitor.get("/recovery/login"), contact=name).status_code in (200, 303)
    page = visitor.follow(visitor.press(visitor.get("/recovery/password"), contact=name))
    if number <= CROWD:
        newest = select(OutboxRow.payload).order_by(OutboxRow.created_at.desc()).limit(1)
        letter = metropolis.flows.database.rows(newest)[0].payload["text"]
        sent.pop(next(statement for statement in sent if "ORDER BY outbox.created_at DESC" in statement))
        code = re.search(r"\b\d{6}\b", letter)
        assert code is not None
        form = next(form for form in forms(page) if form["action"] == "/recovery/code")
        page = visitor.follow(visitor.post(form["action"], {**form["fields"], "code": code[0]}))
        done = visitor.press(page, password="Novy-parol-26", password2="Novy-parol-26")
        assert done.status_code == 303, done.text

    assert sent
    assert read_whole(metropolis, sent) == []


@pytest.mark.parametrize("name", ["portal 1777", "17", "nothing"])
def test_looking_for_a_client(metropolis: City, sent: Sent, name: str) -> None:
    found = [client.client_id for client in metropolis.flows.clients.page("", 20, name=name)]

    assert ("client-1777" in found) == (name == "portal 1777")
    assert metropolis.flows.clients.fresh("client-1777") is not None
    assert read_whole(metropolis, sent) == []
