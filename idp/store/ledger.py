"""The ledger: a file outside the database, one line for each thing that no restore may undo. Only ever added to.

It holds identifiers and no personal data. A line is on the disk before the database is told so; one may stand twice.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Ledger:
    path: Path

    def add(self, lines: Iterable[dict[str, Any]]) -> None:
        """Write the lines and wait until the disk has them; a line that a power cut left half is closed first."""
        content = b"".join(orjson.dumps(line) + b"\n" for line in lines)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as opened:
            size = opened.seek(0, os.SEEK_END)
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                content = b"\n" + content
            if opened.write(content) != len(content):
                raise OSError(f"{self.path}: the disk took only a part")
            os.fsync(descriptor)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield every whole line, oldest first; nothing where there is no ledger."""
        if not self.path.exists():
            return
        with self.path.open("rb") as opened:
            for line in opened:
                try:
                    yield orjson.loads(line)
                except ValueError:
                    continue  # a power cut left half a line; its event is written again
