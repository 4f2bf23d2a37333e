"""What stands in a backup, line by line: a head, files, tables with their rows, an end with counts and checksums.

A line is JSON: an object begins a part, an array is a row of the table above it. The same lines restore into either
kind of database.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from idp.kernel.refusal import Refused
from idp.store.rows import Sum

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class File:
    """``place`` is ``keys`` for the key folder, ``configuration`` for settings, ``named`` for what settings name."""

    place: str
    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contents:
    """What was found to stand in a whole backup."""

    head: dict[str, Any]
    files: tuple[File, ...]
    tables: tuple[Table, ...]


def lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Cut a stream into its lines, each without its end."""
    waiting = b""
    for chunk in chunks:
        *whole, waiting = (waiting + chunk).split(b"\n")
        yield from whole
    if waiting:
        raise Refused("backup.cut")


def begins(line: bytes) -> dict[str, Any] | None:
    """Return the part that a line begins; None for a row."""
    if line[:1] == b"[":
        return None
    part: dict[str, Any] = orjson.loads(line)
    return part


def table_sums(content: Iterator[bytes]) -> Iterator[tuple[dict[str, Any], Sum]]:
    """Yield every part with the sum of the rows below it."""
    part: dict[str, Any] = {}
    found = Sum()
    for line in content:
        begun = begins(line)
        if begun is None:
            found.add((line,))
            continue
        if part:
            yield part, found
        part, found = begun, Sum()
    yield part, found
