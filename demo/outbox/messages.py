"""The messages that arrived, newest first, and who takes none just now, kept in one small file."""

import sqlite3
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

#: How an addressee may take no messages: nobody is there, or not now. SMTP's codes; the gateway's go by the side.
NOBODY, BUSY = 550, 451
MOST = 2_000
#: So many a program gets, and a person sees.
SHOWN, SEEN = 500, 50


@dataclass(frozen=True, slots=True)
class Message:
    channel: str
    to: str
    subject: str
    text: str
    seconds: float

    @property
    def at(self) -> str:
        return datetime.fromtimestamp(self.seconds, UTC).isoformat(timespec="milliseconds")

    def document(self) -> dict[str, str]:
        return {"channel": self.channel, "to": self.to, "subject": self.subject, "text": self.text, "at": self.at}


class Messages:
    """Keeps the newest ``MOST``."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA journal_mode=WAL").close()
        self._run(
            "CREATE TABLE IF NOT EXISTS message "
            "(id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT, addressee TEXT, subject TEXT, body TEXT, at REAL)"
        )
        self._run("CREATE TABLE IF NOT EXISTS refusal (addressee TEXT PRIMARY KEY, code INTEGER)")

    def add(self, channel: str, to: str, subject: str, text: str) -> int:
        """Keep a message and return its number."""
        number: int = self._run(
            "INSERT INTO message (channel, addressee, subject, body, at) VALUES (?, ?, ?, ?, ?) RETURNING id",
            channel,
            to,
            subject,
            text,
            time.time(),
        )[0][0]
        self._run("DELETE FROM message WHERE id <= ?", number - MOST)
        return number

    def newest(self, to: str = "", most: int = SHOWN) -> list[Message]:
        rows = self._run(
            "SELECT channel, addressee, subject, body, at FROM message "
            "WHERE ? IN ('', addressee) ORDER BY id DESC LIMIT ?",
            to,
            most,
        )
        return [Message(*row) for row in rows]

    def refuse(self, to: str, code: int) -> None:
        """Take nothing for this addressee from now on."""
        self._run("INSERT OR REPLACE INTO refusal VALUES (?, ?)", to, code)

    def accept(self, to: str) -> None:
        self._run("DELETE FROM refusal WHERE addressee = ?", to)

    def refusal(self, to: str) -> int:
        """Return the code with which this addressee's messages are refused; 0: they are taken."""
        found = self._run("SELECT code FROM refusal WHERE addressee = ?", to)
        return int(found[0][0]) if found else 0

    def refused(self) -> list[tuple[str, int]]:
        return [
            (str(to), int(code)) for to, code in self._run("SELECT addressee, code FROM refusal ORDER BY addressee")
        ]

    def close(self) -> None:
        self._file.close()

    def _run(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._file.execute(statement, values).fetchall()


def read_letter(content: bytes) -> tuple[str, str]:
    """Return subject and text of a letter as a person would read them: decoded, the plain part before any other."""
    letter = message_from_bytes(content, policy=policy.default)
    body = letter.get_body(("plain", "html"))
    text = body.get_content() if body is not None else ""
    return str(letter.get("subject", "")), text.replace("\r\n", "\n").rstrip("\n")
