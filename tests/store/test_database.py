"""The database: writes that belong together, conflicts by name, a schema that is what the tables say."""

import traceback

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, text

from idp.kernel.refusal import Refused, Unavailable
from idp.store.database import Conflict, Database
from idp.store.migrate import migrate
from idp.store.tables import Base
from idp.store.tables.clients import ResourceRow
from tests.racers import EVERYBODY, THREADS
from tests.stores import administer

_ADD = insert(ResourceRow)
_ALL = select(ResourceRow.uri)


def _uris(database: Database) -> list[str]:
    return [row.uri for row in database.rows(_ALL)]


def test_the_migrations_make_what_the_tables_declare(database: Database) -> None:
    with database.connection() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    database.run(_ADD, {"uri": "https://a", "client_id": "a"})
    migrate(database)

    assert _uris(database) == ["https://a"]


def test_a_database_from_a_newer_version_is_refused_by_name(database: Database) -> None:
    with database.connection() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(Refused) as refused:
        migrate(database)

    assert (refused.value.code, refused.value.params) == ("database.newer", {"revision": "9999"})


def start_up(database: Database, number: int) -> str | None:
    """Migrate as a command does: one thread a process."""
    if number % THREADS == 0:
        migrate(database)
    return None


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_commands_started_together_migrate_a_fresh_database_once(kind, race, tmp_path, request):
    url = f"sqlite:///{tmp_path}/fresh.db"
    if kind == "postgresql":
        server = request.getfixturevalue("postgresql")
        url = f"{server}/fresh_{tmp_path.name.replace('-', '_').lower()}"
        administer(server, f'CREATE DATABASE "{url.rpartition("/")[2]}"')

    assert race(Database, (url,), start_up) == [None] * EVERYBODY

    database = Database(url)
    assert _uris(database) == []
    database.close()


def test_writes_together_stand_or_fall_as_one(database: Database) -> None:
    with pytest.raises(Conflict), database.together():
        database.run(_ADD, {"uri": "https://a", "client_id": "a"})
        database.run(_ADD, {"uri": "https://a", "client_id": "b"})

    assert _uris(database) == []


def test_together_inside_together_is_the_same_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError), database.together():
        with database.together():
            database.run(_ADD, {"uri": "https://a", "client_id": "a"})
        raise RuntimeError

    assert _uris(database) == []


def test_a_statement_alone_is_its_own_transaction(database: Database) -> None:
    database.run(_ADD, {"uri": "https://a", "client_id": "a"})

    assert _uris(database) == ["https://a"]


def test_what_fails_at_its_commit_leaves_the_connection_fit(database: Database) -> None:
    with pytest.raises(Unavailable), database.together():
        database.run(_ADD, {"uri": "https://a", "client_id": "a"})
        # Somebody ends the transaction under our hands: the commit finds none, or finds it broken.
        with database.connection() as connection:
            connection.exec_driver_sql("ROLLBACK")
            if not database.is_sqlite:
                raise_ = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'disk full'; END $$"
                connection.exec_driver_sql("BEGIN")
                database.run(text(raise_))

    with database.together():
        database.run(_ADD, {"uri": "https://b", "client_id": "b"})
    assert _uris(database) == ["https://b"]


def test_an_error_quotes_no_personal_data(database: Database) -> None:
    values = {"uri": f"anna{'@'}example.ru", "client_id": "a"}
    database.run(_ADD, values)

    with pytest.raises(Conflict) as conflict:
        database.run(_ADD, values)

    assert "resources" in str(conflict.value)
    assert values["uri"] not in "".join(traceback.format_exception(conflict.value))
