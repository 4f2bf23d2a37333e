"""Typed access to the values of a DER tree: a structure is taken apart field by field, in the order of its schema."""

from datetime import UTC, datetime
from functools import lru_cache

from idp.kernel.refusal import Refused
from idp.signature import der
from idp.signature.der import Node


def malformed(where: str) -> Refused:
    """Return the refusal of a structure that does not follow its schema; ``where`` names the field."""
    return Refused("signature.malformed", where=where)


class Fields:
    """The children of one constructed value, taken in order; ``done`` refuses what the schema does not have."""

    def __init__(self, node: Node, where: str, tag: int = der.SEQUENCE) -> None:
        if node.tag != tag or tag & 0x20 == 0:
            raise malformed(where)
        self._left = list(reversed(node.children))
        self._where = where

    def take(self, *tags: int) -> Node:
        """Take the next value, which must be there and have one of the tags (any tag if none is named)."""
        if not self._left or (tags and self._left[-1].tag not in tags):
            raise malformed(self._where)
        return self._left.pop()

    def maybe(self, *tags: int) -> Node | None:
        """Take the next value if it has one of the tags."""
        if self._left and self._left[-1].tag in tags:
            return self._left.pop()
        return None

    def maybe_content(self, tag: int) -> bytes | None:
        """Take the octets of the next value, a primitive of a context's own tag, if it is there."""
        node = self.maybe(tag)
        return None if node is None else node.content

    def done(self) -> None:
        if self._left:
            raise malformed(self._where)


def children(node: Node, where: str, tag: int = der.SEQUENCE) -> tuple[Node, ...]:
    """Return all values of a SEQUENCE OF or SET OF."""
    if node.tag != tag:
        raise malformed(where)
    return node.children


def only(node: Node, where: str) -> Node:
    """Return the single child of a constructed value, such as an explicit tag."""
    if len(node.children) != 1:
        raise malformed(where)
    return node.children[0]


def expect(node: Node, tag: int, where: str) -> Node:
    if node.tag != tag:
        raise malformed(where)
    return node


def integer(node: Node, where: str, tag: int = der.INTEGER) -> int:
    return int.from_bytes(expect(node, tag, where).content, "big", signed=True)


def boolean(node: Node, where: str) -> bool:
    return expect(node, der.BOOLEAN, where).content == b"\xff"


def octets(node: Node, where: str) -> bytes:
    return expect(node, der.OCTET_STRING, where).content


def whole_bits(node: Node, where: str) -> bytes:
    """Return a BIT STRING that holds whole octets."""
    content = expect(node, der.BIT_STRING, where).content
    if content[0]:
        raise malformed(where)
    return content[1:]


def flags(node: Node, where: str, tag: int = der.BIT_STRING) -> frozenset[int]:
    """Return the numbers of the bits that are set in a named bit list."""
    content = expect(node, tag, where).content
    if not content:
        raise malformed(where)
    return frozenset(
        8 * index + bit for index, octet in enumerate(content[1:]) for bit in range(8) if octet & (0x80 >> bit)
    )


def oid(node: Node, where: str) -> str:
    return dotted(expect(node, der.OID, where).content)


@lru_cache(maxsize=512)
def dotted(content: bytes) -> str:
    """Return an object identifier in dots; the reader has already refused ill-formed ones."""
    parts: list[int] = []
    number = 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if octet < 0x80:
            parts.append(number)
            number = 0
    first = min(parts[0] // 40, 2)
    return ".".join(str(part) for part in (first, parts[0] - 40 * first, *parts[1:]))


def moment(node: Node, where: str) -> datetime:
    """Return a Time of RFC 5280 4.1.2.5: in UTC, with seconds and without fractions, the year 2050 as the border."""
    try:
        text = node.content.decode("ascii")
    except UnicodeDecodeError as error:
        raise malformed(where) from error
    if node.tag == der.UTC_TIME and len(text) == 13:
        text = ("19" if text[:2] >= "50" else "20") + text
    elif node.tag != der.GENERALIZED_TIME or len(text) != 15:
        raise malformed(where)
    return generalized(text, where)


def generalized(text: str, where: str) -> datetime:
    """Return the moment of a GeneralizedTime ``YYYYMMDDHHMMSSZ``."""
    if len(text) != 15 or text[-1] != "Z" or not (text[:-1].isascii() and text[:-1].isdigit()):
        raise malformed(where)
    parts = (text[0:4], text[4:6], text[6:8], text[8:10], text[10:12], text[12:14])
    try:
        year, month, day, hour, minute, second = map(int, parts)
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise malformed(where) from error
