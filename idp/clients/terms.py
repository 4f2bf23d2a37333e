"""What a client can be found by: the words of its names, and its owner; kept beside it for indexed lookups."""

import re
import unicodedata
from enum import StrEnum

from idp.clients.client import Client

_WORD = re.compile(r"\w+")
_MOST = 200


class TermKind(StrEnum):
    NAME = "name"
    OWNER = "owner"


def terms_of(client: Client) -> frozenset[tuple[TermKind, str]]:
    """Return every word of the client's id and names, and the owner as a whole."""
    texts = (client.client_id, client.client_name, *client.client_name_i18n.values())
    found = {(TermKind.NAME, word) for text in texts for word in words(text)}
    if client.owner:
        found.add((TermKind.OWNER, folded(client.owner)))
    return frozenset(found)


def words(text: str) -> list[str]:
    """Return the words of a name or of what somebody looks for, each in its one spelling."""
    return _WORD.findall(folded(text))


def folded(text: str) -> str:
    """Return the spelling that doesn't tell cases, widths, and ё from е."""
    return unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")[:_MOST]
