"""What the city sent: letters and texts, each read once and in order, as the addressee would."""

import re
import time
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass
class Outbox:
    address: str
    _read: dict[str, int] = field(default_factory=dict)

    def all(self, to: str) -> list[dict[str, Any]]:
        """Return what came to an address or number so far, newest first."""
        answer = httpx.get(
            self.address, params={"to": to}, headers={"Accept": "application/json"}, trust_env=False, timeout=10
        )
        return list(answer.json())

    def next(self, to: str) -> dict[str, Any]:
        """Wait for the next message to somebody; every message is returned once. The limit only catches a hang."""
        seen, end = self._read.get(to, 0), time.monotonic() + 30
        while len(came := self.all(to)) <= seen:
            assert time.monotonic() < end, f"nothing more came to {to}"
            time.sleep(0.05)
        self._read[to] = seen + 1
        return dict(came[-1 - seen])

    def refuse(self, to: str, how: str) -> None:
        """Let nothing arrive there: ``nobody``, ``busy``; anything else lets it arrive again."""
        httpx.post(f"{self.address}/refusals", data={"to": to, "how": how}, trust_env=False, timeout=10)

    def code(self, to: str) -> str:
        return code_in(self.next(to)["text"])


def code_in(text: str) -> str:
    """Return the one-time code that a message names."""
    found = re.search(r"(?<!\d)\d{6}(?!\d)", text)
    assert found, text
    return found.group()


def link_in(text: str) -> str:
    """Return the first address in a message that holds a secret."""
    found = re.search(r"https?://\S+token=\S+", text)
    assert found, text
    return found.group()
