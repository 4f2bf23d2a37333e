"""Refusals: how a rule says no. A refusal is raised, has a stable code, and knows nothing of pages or status codes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any


class Refused(Exception):
    """A rule said no.

    ``code`` is stable: the catalogues hold its words under it, tests and support quote it. ``params`` fill the words.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Unavailable(Exception):
    """Something that we stand on doesn't answer just now: the doors ask for a minute (503), or for ``seconds``."""

    seconds = 60


class Overloaded(Unavailable):
    """More than we can take on just now was asked for; nothing of it was done."""

    seconds = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field of what somebody sent."""

    field: str
    code: str
    params: dict[str, Any] = made(default_factory=dict)


def taken(faults: list[Fault], field: str, parse: Callable[[], str]) -> str:
    """Return what is parsed; a refusal becomes a fault of the field, so that all of a form's faults come at once."""
    try:
        return parse()
    except Refused as refused:
        faults.append(Fault(field, refused.code, refused.params))
        return ""


class Faulty(Refused):
    """Several faults at once: a form or a document is judged whole, so that nobody corrects it line by line."""

    def __init__(self, faults: Iterable[Fault], code: str = "faulty") -> None:
        self.faults = tuple(faults)
        super().__init__(code, count=len(self.faults))

    def __str__(self) -> str:
        return "; ".join(f"{fault.field}: {fault.code} {fault.params or ''}".rstrip() for fault in self.faults)
