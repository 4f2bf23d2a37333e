"""The answer of a machine endpoint: frozen, made without a framework."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

JSON = ("Content-Type", "application/json")
NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))


@dataclass(frozen=True, slots=True)
class Reply:
    """What the router sends: ``headers`` without Content-Length, which it adds."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @classmethod
    def json(cls, value: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> "Reply":
        """Answer a JSON document that nobody may cache."""
        return cls(status, (JSON, *NO_STORE, *headers), orjson.dumps(value))

    @classmethod
    def empty(cls, status: int = 200) -> "Reply":
        return cls(status, NO_STORE)

    @property
    def line(self) -> str:
        return f"{self.status} {HTTPStatus(self.status).phrase}"
