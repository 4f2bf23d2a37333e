"""A view of the whole database at one moment, with writers going on or held off; and the seal of one that has moved."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from idp.store.database import MOVED, Database, told
from idp.store.migrate import revision_of
from idp.store.rows import TABLES

#: What is lent to who reads.
View = Connection
_SEALED = "sealed_"
_CHANGES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """Lend a connection that sees one moment; nobody has to wait for it."""
    with _begun(database, "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as connection:
        yield connection


@contextmanager
def held(database: Database) -> Iterator[Connection]:
    """The same, and whoever writes waits until the block ends; readers go on.

    On SQLite a writer waits for ten seconds and then asks its caller for a minute; on PostgreSQL it waits.
    """
    with _begun(database, "BEGIN IMMEDIATE", "BEGIN ISOLATION LEVEL REPEATABLE READ") as connection:
        if not database.is_sqlite:
            names = ", ".join(kept.name for kept in TABLES)
            connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
        yield connection


@contextmanager
def _begun(database: Database, sqlite: str, postgresql: str) -> Iterator[Connection]:
    with told(), database.engine.connect() as connection:
        connection.exec_driver_sql(sqlite if database.is_sqlite else postgresql)
        try:
            yield connection
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


def seal(database: Database, connection: Connection) -> None:
    """Refuse every write from now on: who still serves this database asks for a minute, and no command opens it."""
    _mark(connection, MOVED + revision_of(connection))
    if not database.is_sqlite:
        connection.exec_driver_sql(
            f"CREATE FUNCTION {_SEALED}refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MOVED}' USING ERRCODE = 'read_only_sql_transaction'; END $$"
        )
    for kept in TABLES:
        for change in _CHANGES:
            name = f"{_SEALED}{kept.name}_{change.lower()}"
            if database.is_sqlite:
                body = f"BEGIN SELECT RAISE(ABORT, '{MOVED}'); END"
            else:
                body = f"FOR EACH STATEMENT EXECUTE FUNCTION {_SEALED}refuse()"
            connection.exec_driver_sql(f"CREATE TRIGGER {name} BEFORE {change} ON {kept.name} {body}")


def unseal(database: Database) -> None:
    """Take the seal off: the move is called off, and this database serves again."""
    with database.together(), database.connection() as connection:
        _mark(connection, revision_of(connection).removeprefix(MOVED))
        for kept in TABLES:
            for change in _CHANGES:
                name = f"{_SEALED}{kept.name}_{change.lower()}"
                where = "" if database.is_sqlite else f" ON {kept.name}"
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{where}")
        if not database.is_sqlite:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {_SEALED}refuse()")


def _mark(connection: Connection, revision: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
