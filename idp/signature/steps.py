"""The protocol of a verification: every step with its result, kept for support whatever the verdict."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from idp.kernel.refusal import Refused

PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was checked: ``result`` is ``passed``, a refusal's code, or what a lenient policy let through."""

    name: str
    result: str
    detail: str = ""


class SignatureRefused(Refused):
    """A signature that was not accepted, with the protocol that led there."""

    def __init__(self, code: str, steps: tuple[Step, ...], **params: Any) -> None:
        super().__init__(code, **params)
        self.steps = steps


@dataclass(slots=True)
class Protocol:
    """Collects steps in the order in which they were taken."""

    taken: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, detail: str = "") -> Iterator[None]:
        """Record what happens inside as one step; a refusal is recorded and goes on upwards."""
        try:
            yield
        except Refused as refusal:
            self.taken.append(Step(name, refusal.code, detail))
            raise
        self.taken.append(Step(name, PASSED, detail))

    def note(self, name: str, result: str, detail: str = "") -> None:
        """Record a step whose result refuses nothing by itself."""
        self.taken.append(Step(name, result, detail))
