"""Two browsers do the same with two names: everything that the answers and the work behind them could tell apart."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any

import argon2
import pytest
from sqlalchemy import event

from tests.city import City
from tests.visitor import Visitor, forms

_STORE = ("put", "replace", "get", "take", "drop", "count", "peek")
#: What differs from one showing of a page to the next and says nothing: tokens and ids.
_IDS = re.compile(r'(name="(?:csrf_token|tx)" value=|tx=|token=)"?[\w.\-]+')
#: A cookie's value, and the moment of its end, for which the real clock counts.
_COOKIE = re.compile(r"(?<==)[^;]{20,}(?=;)")


@dataclass
class Work:
    """What one request cost: statements word for word, operations of the short-lived store, password hashes."""

    statements: list[str] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    hashes: int = 0


@dataclass(frozen=True)
class Told:
    """One answer as its browser sees it, and what it cost."""

    status: int
    headers: tuple[tuple[str, str], ...]
    page: str
    work: Work


class Watch:
    """Counts what the whole provider does, whoever asks it to."""

    def __init__(self, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
        self.city = city
        self.work = Work()
        for name in _STORE:
            monkeypatch.setattr(city.flows.short_lived, name, self._noting(name), raising=True)
        for name in ("hash", "verify"):
            monkeypatch.setattr(argon2.PasswordHasher, name, self._hashing(name))

    def _noting(self, name: str) -> Callable[..., Any]:
        act = getattr(self.city.flows.short_lived, name)

        def noted(kind: str, *arguments: Any) -> Any:
            self.work.kept.append((name, kind))
            return act(kind, *arguments)

        return noted

    def _hashing(self, name: str) -> Callable[..., Any]:
        act = getattr(argon2.PasswordHasher, name)

        def counted(hasher: argon2.PasswordHasher, *arguments: Any) -> Any:
            self.work.hashes += 1
            return act(hasher, *arguments)

        return counted

    @contextmanager
    def counting(self) -> Iterator[Work]:
        self.work = work = Work()

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            work.statements.append(statement)

        engine = self.city.flows.database.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield work
        finally:
            event.remove(engine, "before_cursor_execute", note)


@dataclass
class Walker:
    """A browser of its own that keeps everything it was told; what it typed is taken out of the pages."""

    watch: Watch
    browser: Visitor
    typed: dict[str, str]
    told: list[Told] = field(default_factory=list)
    at: Any = None

    def open(self, path: str) -> None:
        self._note(lambda: self.browser.get(path))

    def press(self, action: str, **typed: str) -> None:
        """Send the form of the page in front of us that leads there."""
        form = next(item for item in forms(self.at) if item["action"] == action)
        self._note(lambda: self.browser.post(action, {**form["fields"], **typed}))

    def follow(self) -> None:
        self._note(lambda: self.browser.follow(self.at))

    def _note(self, act: Callable[[], Any]) -> None:
        with self.watch.counting() as work:
            self.at = act()
        headers = tuple(
            (name, _COOKIE.sub("", value) if name == "Set-Cookie" else self._bare(value))
            for name, value in self.at.headers.items()
            if name != "Content-Length"
        )
        self.told.append(Told(self.at.status_code, headers, self._bare(self.at.text), work))

    def _bare(self, text: str) -> str:
        for place, words in self.typed.items():
            for spelling in (words, words.lower()):
                text = text.replace(spelling, f"[{place}]") if spelling else text
        return _IDS.sub(r"\1", text)


def differences(first: list[Told], second: list[Told]) -> list[str]:
    """Return in words where two walks were told apart; nothing if nowhere."""
    found = [] if len(first) == len(second) else [f"{len(first)} answers and {len(second)}"]
    for number, (one, other) in enumerate(zip(first, second, strict=False)):
        if one.status != other.status:
            found.append(f"{number}: {one.status} and {other.status}")
        found += [f"{number}: {head}" for head in sorted(set(one.headers) ^ set(other.headers))]
        lines = unified_diff(one.page.splitlines(), other.page.splitlines(), lineterm="", n=0)
        found += [f"{number}: {line}" for line in lines]
        if one.work != other.work:
            found.append(f"{number}: {one.work} and {other.work}")
    return found
