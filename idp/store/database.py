"""The one engine of both doors, and how writes that belong together stand or fall as one.

Every connection is in autocommit: a statement alone is its own transaction. ``together`` begins one by hand and lends
its connection, by a context variable, to every store that the flow calls.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from operator import attrgetter, methodcaller
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable, Row, Select, create_engine, event, select
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from idp.kernel import tracing
from idp.kernel.refusal import Unavailable

_lent: ContextVar[Connection | None] = ContextVar("lent", default=None)
_PING = select(1)
#: What a database says that was copied to another place and takes no writes any more, see ``snapshot.seal``.
MOVED = "moved-"
#: PostgreSQL's code where nothing can be written: the server is a replica now, or the database has moved.
_READ_ONLY = "25006"
T = TypeVar("T")
_Read = Callable[[CursorResult[Any]], Any]
_ALL: _Read = methodcaller("fetchall")
_NUMBER: _Read = attrgetter("rowcount")
#: A server that goes without a word (its machine, the network) is noticed within seconds, not within TCP's hours.
_POSTGRESQL = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
}


class Conflict(Exception):
    """A unique index spoke: somebody else has it."""


class Database:
    """Open after the fork. ``url`` as SQLAlchemy writes it; SQLite gets WAL, foreign keys and a busy time-out.

    No ping goes before a statement. After a restart of the server reads and beginnings are tried once more, on a new
    connection; a write alone isn't, for it may have been carried out. What fails otherwise is ``Unavailable``.
    """

    def __init__(self, url: str, pool_size: int = 16) -> None:
        self.url = make_url(url)
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.system = self.url.get_backend_name()
        self.is_sqlite = self.system == "sqlite"
        self.engine: Engine = create_engine(
            self.url,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=5,
            pool_reset_on_return=None,
            skip_autocommit_rollback=True,
            # What was asked for stands in the statement's values: it must not come into a log with an error.
            hide_parameters=True,
            connect_args={} if self.is_sqlite else _POSTGRESQL,
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
        else:
            event.listen(self.engine, "handle_error", _look_for_another_server)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make all writes inside one transaction; an exception undoes them. Inside another one, join it."""
        if _lent.get() is not None:
            yield
            return
        with told(), tracing.statement(self.system, "BEGIN"):
            connection = _twice(self._begin)
        with connection:
            token = _lent.set(connection)
            try:
                yield
                with told(), tracing.statement(self.system, "COMMIT"):
                    connection.exec_driver_sql("COMMIT")
            except BaseException:
                _undo(connection)
                raise
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
        found: Sequence[Row[Any]] = self._run(statement, values, _ALL)
        return found

    def row(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Row[Any] | None:
        found = self.rows(statement, values)
        return found[0] if found else None

    def run(self, statement: Executable, values: Mapping[str, Any] | None = None) -> int:
        """Run a statement without rows; return how many it touched. A unique index that says no: ``Conflict``."""
        return int(self._run(statement, values, _NUMBER))

    def ping(self) -> None:
        """Raise ``Unavailable`` unless the database answers."""
        self.rows(_PING)

    def write_back(self) -> None:
        """Empty SQLite's write-ahead log into the file: until then the log still holds what was erased."""
        if self.is_sqlite:
            with told(), self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        self.engine.dispose()

    def _run(self, statement: Executable, values: Mapping[str, Any] | None, read: _Read) -> Any:
        lent = _lent.get()
        with told(), tracing.statement(self.system, statement):
            if lent is not None:
                return read(lent.execute(statement, values))
            if isinstance(statement, Select):
                return _twice(self._alone, statement, values, read)
            return self._alone(statement, values, read)

    def _alone(self, statement: Executable, values: Mapping[str, Any] | None, read: _Read) -> Any:
        with self.engine.connect() as connection:
            return read(connection.execute(statement, values))

    def _begin(self) -> Connection:
        connection = self.engine.connect()
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        except BaseException:
            connection.close()
            raise
        return connection


def _twice(act: Callable[..., T], *arguments: Any) -> T:
    """Do it again if the connection had died meanwhile: the pool has thrown away all that are as old."""
    try:
        return act(*arguments)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    return act(*arguments)


class _Told:
    """A class and not a generator: it stands around every statement, and costs a third of one."""

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, IntegrityError):
            # PostgreSQL's message quotes the value, which may be personal: the constraint's name is enough.
            diagnosis = getattr(error.orig, "diag", None)
            if MOVED in str(error.orig):
                raise Unavailable("database: it has moved") from None
            raise Conflict(diagnosis.constraint_name if diagnosis else str(error.orig)) from None
        if isinstance(error, OperationalError | InterfaceError | NoneFree):
            raise Unavailable(f"database: {getattr(error, 'orig', None) or error}") from error
        if isinstance(error, InternalError) and getattr(error.orig, "sqlstate", "") == _READ_ONLY:
            raise Unavailable(f"database: {error.orig}") from error


_TOLD = _Told()


def told() -> AbstractContextManager[None]:
    """Turn the driver's errors into ours."""
    return _TOLD


def _undo(connection: Connection) -> None:
    """Roll back; a connection on which even that fails must not be used again."""
    try:
        connection.exec_driver_sql("ROLLBACK")
    except Exception:
        connection.invalidate()


def _look_for_another_server(context: ExceptionContext) -> None:
    """A server that has become a replica is as good as gone: new connections find the one that takes writes."""
    if getattr(context.original_exception, "sqlstate", "") == _READ_ONLY:
        context.is_disconnect = True


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The last one: erased means erased, what is deleted is overwritten and not only let go of (TRM-04).
    pragmas = ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}").close()
