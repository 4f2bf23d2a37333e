"""``python -m docs``: writes every made part of the documents anew; the tests see to it that none is stale."""

import re
from collections.abc import Callable
from pathlib import Path

from docs import administration, refusals, tables

FOLDER = Path(__file__).parent
#: What stands between ``<!-- made: name -->`` and ``<!-- /made -->`` in a document, by name.
PARTS: dict[str, Callable[[], str]] = {
    "acr": tables.acr_table,
    "acr supported": tables.acr_supported,
    "scopes": tables.scopes_table,
    "claims": tables.claims_table,
    "members": tables.members_table,
    "endpoints": tables.endpoints_table,
    "protocol errors": refusals.protocol_errors,
    "pages": refusals.pages,
    "api operations": administration.operations,
    "api problems": administration.problems,
    "registration faults": refusals.registration_faults,
}
_MADE = re.compile(r"(<!-- made: ([a-z ]+) -->\n).*?(<!-- /made -->)", re.DOTALL)


def made(text: str) -> str:
    """Return a document with its made parts as the code has them now."""
    return _MADE.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n\n{found[3]}", text)


def documents() -> list[Path]:
    return sorted(FOLDER.glob("*.md"))


if __name__ == "__main__":
    for document in documents():
        text = document.read_text(encoding="utf-8")
        if made(text) != text:
            document.write_text(made(text), encoding="utf-8")
            print(f"{document.name} was stale and is written anew")
