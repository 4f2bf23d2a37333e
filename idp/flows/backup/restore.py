"""Restore a backup into an empty database and an empty key folder: checked whole first, then all or nothing.

What happened since the backup is not in it. So a floor in time is set, the moment of the restore: every session, grant
and token given out before is refused, for it may have been revoked, rotated or used since; people sign in once more.
And the ledger, kept outside the database, is replayed: who closed the account stays closed, a dead password stays dead.
"""

from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from idp.flows.backup.content import FORMAT, Contents, File, Table, begins, lines, table_sums
from idp.flows.backup.replay import Replay
from idp.kernel.clock import Clock
from idp.kernel.refusal import Refused
from idp.keys.folder import Folder
from idp.store.database import Database
from idp.store.floor import Floor
from idp.store.migrate import is_known, migrate, revision_of
from idp.store.move import Moved, fill, require_empty
from idp.store.rows import Kept, Values, tables_in, values

Chunks = Callable[[], Iterator[bytes]]


def look(chunks: Chunks) -> Contents:
    """Read a backup to its end; raise ``Refused`` unless all of it is there and this version can read it."""
    head: dict[str, Any] = {}
    files, tables = [], []
    for part, found in table_sums(lines(chunks())):
        match part.get("part"):
            case "head":
                head = part
                if part["format"] != FORMAT or not is_known(part["revision"]):
                    raise Refused("backup.newer", version=part["version"])
            case "file":
                files.append(File(part["place"], part["name"], b64decode(part["content"])))
            case "table":
                tables.append(Table(part["name"], found.rows, found.checksum))
            case "end":
                if {table.name: [table.rows, table.checksum] for table in tables} == part["tables"]:
                    return Contents(head, tuple(files), tuple(tables))
    raise Refused("backup.cut")


@dataclass(frozen=True, slots=True)
class Restored:
    """``replayed`` counts the ledger's lines by kind."""

    contents: Contents
    replayed: dict[str, int]


@dataclass(frozen=True, slots=True)
class RestoreBackup:
    database: Database
    keys: Folder
    replay: Replay
    now: Clock

    def __call__(
        self,
        chunks: Chunks,
        ledger: Iterable[Mapping[str, Any]] | None,
        as_it_was: bool,
        told: Callable[[Moved], object],
    ) -> Restored:
        """``ledger`` is None where it is lost: then administrators' tokens end with the rest. ``as_it_was`` sets no
        floor: for a city that was stopped before its backup was made, and moves."""
        contents = look(chunks)
        require_empty(self.database)
        keys = {file.name: file.content for file in contents.files if file.place == "keys"}
        _require_free(self.keys, keys)
        with self.database.together():
            self._require_free_schema(contents.head["revision"])
            migrate(self.database, contents.head["revision"])
            with self.database.connection() as connection:
                present = {kept.name: kept for kept in tables_in(connection)}
            fill(self.database, _tables(lines(chunks()), present), told, tuple(present.values()))
            migrate(self.database)
            if not as_it_was:
                Floor(self.database).set(self.now(), admin_tokens=ledger is None)
            replayed = self.replay(ledger or ())
            # Last before the commit: keys without a database are put there again by the next try.
            for name, content in keys.items():
                self.keys.put(name, content)
        return Restored(contents, replayed)

    def _require_free_schema(self, revision: str) -> None:
        """The backup's rows go into the schema that they were in, which is brought up to date afterwards."""
        with self.database.connection() as connection:
            present = revision_of(connection)
        if present not in ("", revision):
            raise Refused("backup.other_schema", present=present, revision=revision)


def _require_free(folder: Folder, keys: Mapping[str, bytes]) -> None:
    """Refuse to touch other keys than these; the same ones may be there."""
    for name, content in keys.items():
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise Refused("backup.altered")
        path = folder.path / name
        if path.exists() and path.read_bytes() != content:
            raise Refused("backup.keys_present", path=str(path))


def _tables(content: Iterator[bytes], present: Mapping[str, Kept]) -> Iterator[tuple[Kept, Iterable[list[Values]]]]:
    """Yield every table with its rows; they are taken from the one stream, so each is read before the next is asked."""
    following: list[dict[str, Any]] = []

    def rows() -> Iterator[list[Values]]:
        batch: list[Values] = []
        for line in content:
            part = begins(line)
            if part is not None:
                following.append(part)
                break
            batch.append(values(line))
            if len(batch) == 1000:
                yield batch
                batch = []
        if batch:
            yield batch

    for _ in rows():
        pass
    while following:
        part = following.pop()
        if part["part"] == "table":
            yield present[part["name"]].ordered(part["columns"]), rows()
        else:
            for _ in rows():
                pass
