"""The database: writes that belong together, conflicts by name, a schema that is what the tables say."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select

from idp.kernel.refusal import Refused
from idp.store.database import Conflict, Database
from idp.store.migrate import migrate
from idp.store.tables import Base
from idp.store.tables.clients import ResourceRow

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
