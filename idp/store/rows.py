"""All tables as plain rows: in an order in which they can be filled, as they are kept, with a sum to compare by.

What a column holds is taken as it lies there: moments stay whole microseconds, documents and ciphertexts stay what they
are. So a row goes from one kind of database to another, or through a backup, without being understood.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Integer, MetaData, TableClause, TypeDecorator, column, select, table
from sqlalchemy.types import TypeEngine

from idp.store.tables import Base

_BATCH = 1000
_WHOLE = 2**256
Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """One table: ``raw`` has its columns without our own types, ``numbered`` names the column that numbers itself."""

    name: str
    raw: TableClause
    numbered: str | None

    def ordered(self, columns: Sequence[str]) -> "Kept":
        """The same table, its values in another order."""
        raw = table(self.name, *(column(name, self.raw.c[name].type) for name in columns))
        return Kept(self.name, raw, self.numbered)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(map(str, self.raw.columns.keys()))

    def batches(self, connection: Connection) -> Iterator[list[Values]]:
        """Read all rows, some at a time; a transaction around it makes them of one moment."""
        with connection.execute(select(self.raw).execution_options(yield_per=_BATCH)) as found:
            for part in found.partitions():
                yield [tuple(row) for row in part]


def _kept(metadata: MetaData) -> Iterator[Kept]:
    for each in metadata.sorted_tables:
        raw = table(each.name, *(column(item.name, _plain(item.type)) for item in each.columns))
        counter = each.autoincrement_column
        numbered = counter is not None and isinstance(counter.type, Integer)
        yield Kept(str(each.name), raw, counter.name if counter is not None and numbered else None)


def _plain(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


#: What others point to comes before what points to it.
TABLES: tuple[Kept, ...] = tuple(_kept(Base.metadata))


def tables_in(connection: Connection) -> tuple[Kept, ...]:
    """Return the tables that a database has: those of an older version, where its schema is older."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != "alembic_version")
    return tuple(_kept(found))


def line(values: Values) -> bytes:
    """Return a row as one line of JSON: the same row is the same line, whichever database it comes from."""
    return orjson.dumps(list(values), default=_told, option=orjson.OPT_PASSTHROUGH_DATETIME)


def values(content: bytes) -> Values:
    """Return the row of a line."""
    return [_heard(value) if isinstance(value, dict) else value for value in orjson.loads(content)]


def _told(value: Any) -> Mapping[str, str]:
    if isinstance(value, bytes | memoryview):
        return {"bytes": b64encode(value).decode()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    raise TypeError(type(value).__name__)


def _heard(value: Mapping[str, str]) -> bytes | date:
    return b64decode(value["bytes"], validate=True) if "bytes" in value else date.fromisoformat(value["date"])


@dataclass(slots=True)
class Sum:
    """How many rows, and the sum of their hashes: the same rows in any order have the same."""

    rows: int = 0
    total: int = 0

    def add(self, lines: Iterable[bytes]) -> None:
        for each in lines:
            self.rows += 1
            self.total = (self.total + int.from_bytes(hashlib.sha256(each).digest(), "big")) % _WHOLE

    @property
    def checksum(self) -> str:
        return f"{self.total:064x}"


def sum_of(kept: Kept, connection: Connection) -> Sum:
    found = Sum()
    for batch in kept.batches(connection):
        found.add(line(row) for row in batch)
    return found
