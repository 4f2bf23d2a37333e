"""Reads the document behind a ``sector_identifier_uri``: a JSON array of redirect addresses (Core 8.1)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from idp.kernel.refusal import Fault, Faulty


@dataclass(frozen=True, slots=True)
class ReadSector:
    """``get_json`` reads an address that a client gave, guarded; a dead line raises ``OSError``."""

    get_json: Callable[[str], Any]

    def __call__(self, address: str) -> list[str]:
        try:
            document = self.get_json(address)
        except OSError as error:
            reason = {"value": address, "reason": str(error)}
            raise Faulty([Fault("sector_identifier_uri", "client.sector_unreachable", reason)]) from error
        if not isinstance(document, list) or not all(isinstance(item, str) for item in document):
            raise Faulty([Fault("sector_identifier_uri", "client.sector_malformed", {"value": address})])
        return document
