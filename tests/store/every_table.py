"""One row in every table, made from what its columns are: whatever is added to the schema later is there too."""

from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlalchemy.types import TypeEngine

from idp.store.database import Database
from idp.store.rows import TABLES, sum_of
from idp.store.snapshot import snapshot
from idp.store.tables import Base


def fill(database: Database, key: str = "anna") -> None:
    with database.together():
        for kept in TABLES:
            columns = Base.metadata.tables[kept.name].columns
            row = {
                column.name: _value(kept.raw.c[column.name].type, key, column.foreign_keys or column.primary_key)
                for column in columns
            }
            database.run(insert(kept.raw), row)


def _value(kind: TypeEngine[Any], key: str, names: object) -> Any:
    if kind.python_type is str:
        return key if names else f"«Ёж» 🐟 {key}"[: getattr(kind, "length", None) or 40]
    return {int: 7, bool: True, date: date(1980, 5, 17), bytes: b"\0\xff" + key.encode(), float: 0.5}[kind.python_type]


def sums(database: Database) -> dict[str, tuple[int, str]]:
    """Return what stands in every table, as numbers."""
    with snapshot(database) as connection:
        found = {kept.name: sum_of(kept, connection) for kept in TABLES}
    return {name: (each.rows, each.checksum) for name, each in found.items()}
