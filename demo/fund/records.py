"""What the fund knows and was asked: records of people, questions by their own number, kept in one small file."""

import sqlite3
import threading
import time
import tomllib
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

ANSWERS = ("at_once", "minute", "tomorrow", "never", "garbage")
_FILE = Path(__file__).parent / "records.toml"
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Record:
    """Somebody the fund insures, and how its answer about them comes."""

    snils: str
    family_name: str
    given_name: str
    middle_name: str
    birthdate: str
    gender: str
    answers: str = "at_once"

    def is_of(self, asked: Mapping[str, Any]) -> bool:
        """Compare as the fund does: letters without case, ё as е, spaces as one."""
        mine = (self.family_name, self.given_name, self.middle_name, self.birthdate, self.gender)
        names = ("familyName", "firstName", "patronymic", "birthDate", "gender")
        return tuple(map(_plain, mine)) == tuple(_plain(str(asked.get(name, ""))) for name in names)

    @property
    def written(self) -> str:
        return f"{self.snils[:3]}-{self.snils[3:6]}-{self.snils[6:9]} {self.snils[9:]}"

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.family_name, self.given_name, self.middle_name) if part)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came. ``released``: the button was pressed, or its time has come."""

    request_id: str
    ticket: str
    snils: str
    matches: bool
    answers: str
    at: float
    released: bool

    def is_ready(self, now: float) -> bool:
        return self.released or self.answers == "at_once" or (self.answers == "minute" and now - self.at >= _MINUTE)


class Records:
    """The people of ``records.toml``, those added on the page, and every question; survives a restart."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA journal_mode=WAL").close()
        columns = ", ".join(f"{item.name} TEXT" for item in fields(Record)).replace("snils TEXT", "snils TEXT UNIQUE")
        self._run(f"CREATE TABLE IF NOT EXISTS record ({columns})")
        self._run(
            "CREATE TABLE IF NOT EXISTS asked (request_id TEXT PRIMARY KEY, ticket TEXT, snils TEXT, matches INTEGER, "
            "answers TEXT, at REAL, released INTEGER)"
        )
        with _FILE.open("rb") as file:
            for values in tomllib.load(file)["records"]:
                self._run("INSERT OR IGNORE INTO record VALUES (?, ?, ?, ?, ?, ?, ?)", *astuple(Record(**values)))

    def put(self, record: Record) -> None:
        self._run("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?)", *astuple(record))

    def people(self) -> list[Record]:
        return [Record(*row) for row in self._run("SELECT * FROM record ORDER BY rowid")]

    def ask(self, asked: Mapping[str, Any]) -> Asked:
        """Take a question; the same number again is the same question."""
        rows = self._run("SELECT * FROM record WHERE snils = ?", asked["snils"])
        record = Record(*rows[0]) if rows else None
        answers = record.answers if record else "at_once"
        self._run(
            "INSERT OR IGNORE INTO asked VALUES (?, ?, ?, ?, ?, ?, 0)",
            asked["requestId"],
            uuid.uuid4().hex,
            asked["snils"] if record else "",
            bool(record and record.is_of(asked)),
            answers,
            time.time(),
        )
        return _read(self._run("SELECT * FROM asked WHERE request_id = ?", asked["requestId"])[0])

    def by_ticket(self, ticket: str) -> Asked | None:
        found = self._run("SELECT * FROM asked WHERE ticket = ?", ticket)
        return _read(found[0]) if found else None

    def questions(self) -> list[Asked]:
        """Return the newest first."""
        return [_read(row) for row in self._run("SELECT * FROM asked ORDER BY at DESC LIMIT 200")]

    def release(self, ticket: str) -> Asked | None:
        self._run("UPDATE asked SET released = 1 WHERE ticket = ? AND answers IN ('minute', 'tomorrow')", ticket)
        return self.by_ticket(ticket)

    def close(self) -> None:
        self._file.close()

    def _run(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._file.execute(statement, values).fetchall()


def _read(row: tuple[Any, ...]) -> Asked:
    request_id, ticket, snils, matches, answers, at, released = row
    return Asked(request_id, ticket, snils, bool(matches), answers, at, bool(released))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace("ё", "е").split())
