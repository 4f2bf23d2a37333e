"""Clients in a TOML file: one table ``[[clients]]`` each, members by their wire names, and where each of them stands.

TOML's reader tells no lines, so they are found by reading again: a statement is the fewest lines that are sound alone.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from idp.kernel.refusal import Fault, Faulty

SECRET = "client_secret"
#: How a secret is named: by a variable of the environment or by a file beside this one. It never stands here itself.
REFERENCE = re.compile(r"(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One client as the file has it. ``secret`` is a reference or empty; ``lines`` are those of its members."""

    client_id: str
    document: dict[str, Any]
    line: int
    lines: Mapping[str, int] = field(default_factory=dict)
    secret: str = ""
    disabled: bool = False

    def fault(self, member: str, code: str, **params: Any) -> Fault:
        """Return a fault of a member with the line it stands in."""
        line = self.lines.get(member, self.line)
        return Fault(f"{self.client_id}.{member}" if self.client_id else member, code, {**params, "line": line})


@dataclass(frozen=True, slots=True)
class ClientFile:
    """``faults`` are of the file itself; what is wrong with a client's metadata is found when they are judged."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...] = ()


def read_clients(text: str) -> ClientFile:
    """Return the file's clients; raise ``Faulty`` only for what can't be read at all."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        named = re.search(r"at line (\d+)", str(error))
        line = int(named[1]) if named else text.rstrip("\n").count("\n") + 1
        fault = Fault("toml", "client_file.unreadable", {"reason": str(error), "line": line})
        raise Faulty([fault], "client.faulty") from error
    places, unknown = list(_places(text)), [name for name in document if name != "clients"]
    faults = [Fault(name, "client_file.unknown", {"line": _line(places, name)}) for name in unknown]
    tables = document.get("clients", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        faults.append(Fault("clients", "client_file.not_tables", {"line": _line(places, "clients")}))
        tables = []
    entries = [_entry(table, number, places, faults) for number, table in enumerate(tables)]
    seen: set[str] = set()
    for entry in entries:
        if entry.client_id and entry.client_id in seen:
            faults.append(entry.fault("client_id", "client_file.twice"))
        seen.add(entry.client_id)
    return ClientFile(tuple(entries), tuple(faults))


def _entry(table: dict[str, Any], number: int, places: list["_Place"], faults: list[Fault]) -> Entry:
    own = [place for place in places if place.table == number]
    lines: dict[str, int] = {}
    for place in own:
        if place.member:
            lines.setdefault(place.member, place.line)
    client_id, secret = table.get("client_id"), table.get(SECRET, "")
    document = {name: value for name, value in table.items() if name not in (SECRET, "client_id", "disabled")}
    named = SECRET not in table or (isinstance(secret, str) and REFERENCE.fullmatch(secret) is not None)
    entry = Entry(
        client_id if isinstance(client_id, str) else "",
        document,
        own[0].line if own else _line(places, "clients"),
        lines,
        secret if named else "",
        table.get("disabled") is True,
    )
    if not entry.client_id:
        faults.append(entry.fault("client_id", "client_file.name_missing"))
    if not isinstance(table.get("disabled", False), bool):
        faults.append(entry.fault("disabled", "client.type_flag"))
    if not named:
        # What stands here may be a secret: the fault doesn't repeat it.
        faults.append(entry.fault(SECRET, "client_file.secret_written"))
    return entry


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a statement begins; ``table`` counts the tables of clients, -1 before the first."""

    line: int
    table: int
    member: str
    top: str


def _places(text: str) -> Iterator[_Place]:
    count, table, inside, first, gathered = -1, -1, "", 0, ""
    # Not splitlines: to TOML only a line feed ends a line.
    for number, line in enumerate(text.split("\n"), 1):
        first, gathered = (number, f"{line}\n") if not gathered else (first, f"{gathered}{line}\n")
        try:
            statement = tomllib.loads(gathered)
        except tomllib.TOMLDecodeError:
            continue  # goes on in the next line
        header, gathered = gathered.lstrip().startswith("["), ""
        if not statement:
            continue
        top = next(iter(statement))
        if not header:
            yield _Place(first, table, inside or top, top)
            continue
        value = statement[top]
        count += top == "clients" and isinstance(value, list)
        # Of a table within a client's, such as [clients.scope_purposes], every line belongs to that member.
        inside = next(iter(value)) if isinstance(value, dict) and value else ""
        table = count if top == "clients" else -1
        yield _Place(first, table, inside, top)


def _line(places: list[_Place], top: str) -> int:
    return next((place.line for place in places if place.top == top), 1)
