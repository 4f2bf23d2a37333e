"""A database copied into another, of either kind: all is there, nothing acknowledged is lost, or nothing moved."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from idp.journal.events import Event
from idp.kernel.clock import utc_now
from idp.kernel.ids import new_id
from idp.kernel.refusal import Refused, Unavailable
from idp.store import move as moving
from idp.store.database import Database
from idp.store.journal import Journal
from idp.store.migrate import head, migrate
from idp.store.move import Moved, move
from idp.store.rows import TABLES, line, values
from idp.store.snapshot import unseal
from idp.store.tables.lists import RevocationListRow
from idp.store.tables.records import JournalRow
from tests.store import every_table
from tests.stores import copy_of_migrated

KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Pair:
    source: Database
    target: Database


@pytest.fixture(params=["sqlite-postgresql", "postgresql-sqlite"])
def pair(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[Pair]:
    """A migrated database of one kind, and an empty one of another."""
    opened = []
    for place, kind in zip(("from", "to"), request.param.split("-"), strict=True):
        path = tmp_path / f"{place}.db"
        if kind == "sqlite" and place == "from":
            path.write_bytes(migrated.read_bytes())
        server = request.getfixturevalue("postgresql") if kind == "postgresql" else ""
        opened.append(Database(copy_of_migrated(server) if server else f"sqlite:///{path}"))
    yield Pair(*opened)
    for database in opened:
        database.close()


ANY = pytest.mark.parametrize("pair", [f"{a}-{b}" for a in KINDS for b in KINDS], indirect=True)


@ANY
def test_a_copy_holds_every_row_of_every_table_and_numbers_go_on(pair: Pair) -> None:
    every_table.fill(pair.source)
    there, told = every_table.sums(pair.source), []

    move(pair.source, pair.target, told.append)

    assert every_table.sums(pair.target) == there
    assert told == [Moved(name, rows, checksum) for name, (rows, checksum) in there.items()]
    assert {each.rows for each in told} == {1}
    assert [each.table for each in told].index("accounts") < [each.table for each in told].index("sessions")
    lists = next(kept.raw for kept in TABLES if kept.name == RevocationListRow.__tablename__)
    row = pair.target.row(select(lists))
    assert row is not None
    again = {name: value for name, value in row._asdict().items() if name != "id"}
    made = pair.target.row(insert(lists).returning(lists.c.id), again)
    assert made is not None and made.id == 8


def test_a_row_is_the_same_line_whichever_database_it_comes_from() -> None:
    row = [None, True, 7, 2**62, "«Ёж»", b"\0\xff", [1][0]]
    assert list(values(line(row))) == row


def test_the_old_database_takes_no_writes_any_more_until_the_move_is_called_off(pair: Pair) -> None:
    every_table.fill(pair.source)
    there = every_table.sums(pair.source)
    move(pair.source, pair.target, lambda _: None)

    journal = Journal(pair.source, utc_now)
    for _ in range(2):
        with pytest.raises(Unavailable):
            journal.record(Event("account.closed"))
    with pytest.raises(Unavailable), pair.source.together():
        journal.record(Event("account.closed"))
    with pytest.raises(Refused, match=r"database\.moved"):
        migrate(pair.source)
    assert every_table.sums(pair.source) == there

    unseal(pair.source)
    migrate(pair.source)
    journal.record(Event("account.closed"))


def test_what_is_acknowledged_while_it_is_copied_is_in_the_copy(pair: Pair) -> None:
    migrate(pair.target)
    acknowledged: list[str] = []
    started, refused = threading.Event(), threading.Event()

    def write(number: int) -> None:
        journal = Journal(pair.source, utc_now)
        while not refused.is_set():
            name = f"{number}-{len(acknowledged)}-{new_id()}"
            try:
                journal.record(Event("client.changed", client_id=name))
            except Unavailable:
                refused.set()
            else:
                acknowledged.append(name)
                if len(acknowledged) > 50:
                    started.set()

    writers = [threading.Thread(target=write, args=(number,), daemon=True) for number in range(4)]
    for writer in writers:
        writer.start()
    assert started.wait(60)
    move(pair.source, pair.target, lambda _: None)
    for writer in writers:
        writer.join(60)

    assert refused.is_set()
    assert {row.client_id for row in pair.target.rows(select(JournalRow.client_id))} == set(acknowledged)


def test_a_trial_holds_nobody_off_and_seals_nothing(pair: Pair) -> None:
    every_table.fill(pair.source)
    journal = Journal(pair.source, utc_now)

    def write(_: Moved) -> None:
        with ThreadPoolExecutor(1) as somebody:
            somebody.submit(journal.record, Event("account.closed")).result()

    move(pair.source, pair.target, write, trial=True)

    # What is written meanwhile isn't of the moment that is copied.
    assert every_table.sums(pair.target)["journal"][0] == 1
    assert every_table.sums(pair.source)["journal"][0] == 1 + len(TABLES)


def test_a_copy_that_breaks_off_leaves_both_as_they_were(pair: Pair) -> None:
    every_table.fill(pair.source)

    def break_off(moved: Moved) -> None:
        if moved.table == "grants":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(pair.source, pair.target, break_off)

    assert {rows for rows, _ in every_table.sums(pair.target).values()} == {0}
    Journal(pair.source, utc_now).record(Event("account.closed"))
    move(pair.source, pair.target, lambda _: None)


def test_a_copy_that_differs_is_refused(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    every_table.fill(pair.source)
    put = moving._put

    def lose(kept, batches, connection):  # type: ignore[no-untyped-def]
        given = put(kept, batches, connection)
        if kept.name == "journal":
            connection.exec_driver_sql("UPDATE journal SET kind = 'x'")
        return given

    monkeypatch.setattr(moving, "_put", lose)
    with pytest.raises(Refused) as refused:
        move(pair.source, pair.target, lambda _: None)
    assert (refused.value.code, refused.value.params["table"]) == ("database.differs", "journal")
    assert {rows for rows, _ in every_table.sums(pair.target).values()} == {0}


@pytest.mark.parametrize(
    ("code", "spoil"),
    [
        ("database.not_empty", "INSERT INTO resources (uri, client_id) VALUES ('https://a', 'a')"),
        ("database.newer", "UPDATE alembic_version SET version_num = '9999'"),
        ("database.moved", "UPDATE alembic_version SET version_num = 'moved-0001'"),
    ],
)
def test_a_target_that_is_not_empty_or_not_ours_to_fill_is_refused(pair: Pair, code: str, spoil: str) -> None:
    every_table.fill(pair.source)
    migrate(pair.target)
    with pair.target.connection() as connection:
        connection.exec_driver_sql(spoil)

    with pytest.raises(Refused) as refused:
        move(pair.source, pair.target, lambda _: None)

    assert refused.value.code == code
    Journal(pair.source, utc_now).record(Event("account.closed"))


def test_a_source_of_an_older_version_is_migrated_first(pair: Pair) -> None:
    with pair.source.connection() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")

    with pytest.raises(Refused) as refused:
        move(pair.source, pair.target, lambda _: None)

    assert (refused.value.code, refused.value.params) == ("database.older", {"revision": "0001", "newest": head()})


@pytest.mark.parametrize("pair", ["sqlite-postgresql"], indirect=True)
def test_what_postgresql_can_not_hold_is_refused_by_table(pair: Pair) -> None:
    pair.source.run(insert(JournalRow), {"id": "1", "at": utc_now(), "kind": "x" * 65, "details": {}})

    with pytest.raises(Refused) as refused:
        move(pair.source, pair.target, lambda _: None)

    assert refused.value.params["table"] == "journal" and "character varying(64)" in refused.value.params["reason"]
