"""Copy a whole database into another, of the same kind or the other: all or nothing, compared table by table.

Writes wait while it runs, and afterwards the old database is sealed in the same transaction: what was acknowledged is
in the copy, and nothing is acknowledged by the old one any more. The new one is filled in one transaction, so a copy
that breaks off leaves both as they were, and is simply begun again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, inspect, select, text
from sqlalchemy.exc import DataError, IntegrityError

from idp.kernel.refusal import Refused
from idp.store.database import Database
from idp.store.migrate import head, migrate, require_known, revision_of
from idp.store.rows import TABLES, Kept, Sum, Values, line, sum_of
from idp.store.snapshot import held, seal, snapshot

#: Any number that nothing else in this database locks by.
_LOCK = text("SELECT pg_advisory_xact_lock(7391048)")


@dataclass(frozen=True, slots=True)
class Moved:
    """One table that was copied, and what both sides say of it."""

    table: str
    rows: int
    checksum: str


def move(source: Database, target: Database, told: Callable[[Moved], object], trial: bool = False) -> None:
    """Copy everything; tell of each table when it was compared. A ``trial`` holds nobody off and seals nothing."""
    require_empty(target)
    with snapshot(source) if trial else held(source) as reading:
        require_newest(reading)
        migrate(target)

        def tables() -> Iterator[tuple[Kept, Iterable[list[Values]]]]:
            for kept in TABLES:
                yield kept, kept.batches(reading)

        fill(target, tables(), told)
        if not trial:
            seal(source, reading)


def require_empty(target: Database) -> None:
    """Refuse a database from a newer version, one that has moved away, and one that holds a row of ours."""
    with target.connection() as connection:
        present = set(inspect(connection).get_table_names())
        if "alembic_version" in present:
            require_known(revision_of(connection))
        for kept in TABLES:
            if kept.name in present:
                _require_none(kept, connection)


def require_newest(connection: Connection) -> None:
    """Refuse a database whose schema isn't this version's."""
    present = revision_of(connection)
    require_known(present)
    if present != head():
        raise Refused("database.older", revision=present or "-", newest=head())


def fill(
    target: Database,
    tables: Iterable[tuple[Kept, Iterable[list[Values]]]],
    told: Callable[[Moved], object],
    known: Sequence[Kept] = TABLES,
) -> None:
    """Fill an empty, migrated database in one transaction, and compare what it holds with what was put in."""
    with target.together(), target.connection() as connection:
        if not target.is_sqlite:
            connection.execute(_LOCK)
        for kept in known:
            _require_none(kept, connection)
        for kept, batches in tables:
            given = _put(kept, batches, connection)
            if kept.numbered and not target.is_sqlite:
                _number_on(kept, connection)
            found = sum_of(kept, connection)
            if found != given:
                raise Refused("database.differs", table=kept.name, given=given.rows, found=found.rows)
            told(Moved(kept.name, found.rows, found.checksum))


def _require_none(kept: Kept, connection: Connection) -> None:
    if connection.execute(select(kept.raw).limit(1)).first() is not None:
        raise Refused("database.not_empty", table=kept.name)


def _put(kept: Kept, batches: Iterable[list[Values]], connection: Connection) -> Sum:
    put, given = insert(kept.raw), Sum()
    for batch in batches:
        given.add(line(row) for row in batch)
        try:
            connection.execute(put, [dict(zip(kept.columns, row, strict=True)) for row in batch])
        except (DataError, IntegrityError) as error:
            # The driver's words name the column and the rule; its values are hidden.
            reason = getattr(getattr(error.orig, "diag", None), "message_primary", None) or str(error.orig)
            raise Refused("database.row_refused", table=kept.name, reason=reason) from None
    return given


def _number_on(kept: Kept, connection: Connection) -> None:
    """Let the next number follow the highest that was copied."""
    highest = func.coalesce(func.max(kept.raw.c[kept.numbered or ""]), 0)
    sequence = func.pg_get_serial_sequence(kept.name, kept.numbered)
    connection.execute(select(func.setval(sequence, highest + 1, False)).select_from(kept.raw))
