"""Make a backup: keys, configuration, and the whole database as of one moment, while the servers run.

No writer waits: the database is read in one transaction that sees one moment. What ends outside it is left out on
purpose: codes and sign-ins under way, which live for minutes, and the ledger, which has to be newer than any backup.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from idp.flows.backup.content import FORMAT, File, Table
from idp.kernel.clock import Clock
from idp.store.database import Database
from idp.store.migrate import head
from idp.store.move import require_newest
from idp.store.rows import TABLES, Sum, line
from idp.store.snapshot import View, snapshot

Write = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class MakeBackup:
    """``configuration`` are the settings' own file, the environment's settings, and the files that they name."""

    database: Database
    keys: Path
    configuration: tuple[File, ...]
    issuer: str
    version: str
    now: Clock

    def __call__(self, write: Write) -> list[Table]:
        """Write everything; return the tables with their counts.

        The keys must be those of the database's moment: what was sealed by a key that is rotated away just now would
        not open. So they are read before it and after, until nothing changed in between.
        """
        while True:
            keys = _key_files(self.keys)
            with snapshot(self.database) as connection:
                require_newest(connection)
                if keys == _key_files(self.keys):
                    return self._write(write, keys, connection)

    def _write(self, write: Write, keys: list[File], connection: View) -> list[Table]:
        made_at = self.now().isoformat()
        about = {"version": self.version, "revision": head(), "issuer": self.issuer, "made_at": made_at}
        _part(write, "head", format=FORMAT, **about)
        for file in (*keys, *self.configuration):
            _part(write, "file", place=file.place, name=file.name, content=b64encode(file.content).decode())
        tables = []
        for kept in TABLES:
            _part(write, "table", name=kept.name, columns=list(kept.columns))
            found = Sum()
            for batch in kept.batches(connection):
                rows = [line(row) for row in batch]
                found.add(rows)
                write(b"".join(row + b"\n" for row in rows))
            tables.append(Table(kept.name, found.rows, found.checksum))
        _part(write, "end", tables={table.name: [table.rows, table.checksum] for table in tables})
        return tables


def _key_files(folder: Path) -> list[File]:
    """Everything in the folder, whatever keys live there; locks and half-written files begin with a dot."""
    named = {path.relative_to(folder): path for path in sorted(folder.rglob("*"))}
    return [
        File("keys", name.as_posix(), path.read_bytes())
        for name, path in named.items()
        if path.is_file() and not any(part.startswith(".") for part in name.parts)
    ]


def _part(write: Write, kind: str, **members: Any) -> None:
    write(orjson.dumps({"part": kind, **members}) + b"\n")
