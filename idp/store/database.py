"""The one engine of both doors, and how writes that belong together stand or fall as one.

Every connection is in autocommit: a statement alone is its own transaction. ``together`` begins one by hand and lends
its connection, by a context variable, to every store that the flow calls.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Row, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

_lent: ContextVar[Connection | None] = ContextVar("lent", default=None)


class Conflict(Exception):
    """A unique index spoke: somebody else has it."""


class Database:
    """Open after the fork. ``url`` as SQLAlchemy writes it; SQLite gets WAL, foreign keys and a busy time-out."""

    def __init__(self, url: str, pool_size: int = 16) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: Engine = create_engine(
            self.url,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_reset_on_return=None,
            pool_pre_ping=not self.is_sqlite,
            # What was asked for stands in the statement's values: it must not come into a log with an error.
            hide_parameters=True,
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make all writes inside one transaction; an exception undoes them. Inside another one, join it."""
        if _lent.get() is not None:
            yield
            return
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
            token = _lent.set(connection)
            try:
                yield
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            else:
                connection.exec_driver_sql("COMMIT")
            finally:
                _lent.reset(token)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        lent = _lent.get()
        if lent is not None:
            yield lent
        else:
            with self.engine.connect() as connection:
                yield connection

    def rows(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """Run a statement and return all its rows (a statement with RETURNING included)."""
        try:
            with self.connection() as connection:
                return connection.execute(statement, values or {}).fetchall()
        except IntegrityError as error:
            raise Conflict(str(error.orig)) from error

    def row(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Row[Any] | None:
        found = self.rows(statement, values)
        return found[0] if found else None

    def run(self, statement: Executable, values: Mapping[str, Any] | None = None) -> int:
        """Run a statement without rows; return how many it touched. A unique index that says no: ``Conflict``."""
        try:
            with self.connection() as connection:
                return connection.execute(statement, values or {}).rowcount
        except IntegrityError as error:
            raise Conflict(str(error.orig)) from error

    def ping(self) -> None:
        """Raise unless the database answers."""
        with self.connection() as connection:
            connection.exec_driver_sql("SELECT 1").fetchall()

    def close(self) -> None:
        self.engine.dispose()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}").close()
