"""Strict DER: a reader with limits that everything goes through before anything is believed (X.690, chapters 8 to 11).

One encoding for one value: definite minimal lengths, minimal integers, nothing after the end. The order of a SET OF is
not checked: signed attributes are hashed as they were sent, and tools in the field do not sort them.
"""

from dataclasses import dataclass
from typing import NamedTuple

from idp.kernel.refusal import Refused

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, ENUMERATED = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A
UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31

#: Universal types that are always primitive in DER; the two that are always constructed stand apart.
_PRIMITIVE = frozenset({1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30})
_CONSTRUCTED = frozenset({SEQUENCE, SET})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one object may cost: bytes, nesting, values, and the length of a number or an identifier."""

    size: int = 65_536
    depth: int = 24
    nodes: int = 8_192
    integer: int = 600
    oid: int = 64


MESSAGE = Limits()
CERTIFICATE = Limits(size=16_384, nodes=2_048)
ANSWER = Limits(size=65_536)
#: A list is walked entry by entry; these limits hold for its frame and for each entry.
LIST = Limits(size=64 * 1024 * 1024)


class Node(NamedTuple):
    """One value: where it starts, where its content starts and where it ends; children if it is constructed."""

    tag: int
    data: bytes
    start: int
    body: int
    end: int
    children: tuple["Node", ...]

    @property
    def raw(self) -> bytes:
        return self.data[self.start : self.end]

    @property
    def content(self) -> bytes:
        return self.data[self.body : self.end]


def refuse(reason: str) -> Refused:
    """Return the refusal of bytes that are not strict DER."""
    return Refused("signature.not_der", reason=reason)


def require_binary(data: bytes) -> None:
    """Refuse text in base64 by a code of its own: whoever takes uploads unwraps it, and people mistake it for DER."""
    if data[:64].lstrip().startswith(b"-----BEGIN "):
        raise Refused("signature.pem")


def read(data: bytes, limits: Limits = MESSAGE) -> Node:
    """Read exactly one value, all of it strictly, and nothing after it."""
    require_binary(data)
    if len(data) > limits.size:
        raise Refused("signature.too_large", size=len(data), limit=limits.size)
    budget = [limits.nodes]
    node = _scan(data, 0, len(data), 0, limits, budget)
    if node.end != len(data):
        raise Refused("signature.trailing_bytes", count=len(data) - node.end)
    return node


def header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Read a tag and a length: return the tag, where the content starts and where it ends."""
    if end - at < 2:
        raise Refused("signature.truncated")
    tag, length = data[at], data[at + 1]
    body = at + 2
    if tag & 0x1F == 0x1F:
        raise refuse("high_tag")
    if length >= 0x80:
        size = length & 0x7F
        if size == 0:
            raise refuse("indefinite_length")
        if size > 4:
            raise refuse("length_of_length")
        if end - body < size:
            raise Refused("signature.truncated")
        length = int.from_bytes(data[body : body + size], "big")
        if length < 0x80 or length >> (8 * (size - 1)) == 0:
            raise refuse("long_length")
        body += size
    if length > end - body:
        raise Refused("signature.truncated")
    return tag, body, body + length


def value(data: bytes, at: int, end: int, limits: Limits = LIST) -> Node:
    """Read the value that starts at the given place, strictly; what follows it is the caller's."""
    return _scan(data, at, end, 1, limits, [limits.nodes])


def _scan(data: bytes, at: int, end: int, depth: int, limits: Limits, budget: list[int]) -> Node:
    if depth > limits.depth:
        raise Refused("signature.too_deep", limit=limits.depth)
    budget[0] -= 1
    if budget[0] < 0:
        raise Refused("signature.too_many_values", limit=limits.nodes)
    tag, body, stop = header(data, at, end)
    if tag & 0x20:
        if tag < 0x40 and tag not in _CONSTRUCTED:
            raise refuse("constructed_string")
        children = []
        place = body
        while place < stop:
            child = _scan(data, place, stop, depth + 1, limits, budget)
            children.append(child)
            place = child.end
        return Node(tag, data, at, body, stop, tuple(children))
    if tag < 0x40:
        _primitive(tag, data, body, stop, limits)
    return Node(tag, data, at, body, stop, ())


def _primitive(tag: int, data: bytes, body: int, stop: int, limits: Limits) -> None:
    """Hold a primitive value of a universal type to its one right form."""
    length = stop - body
    if tag not in _PRIMITIVE:
        raise refuse("unknown_type")
    if tag in (INTEGER, ENUMERATED):
        if length == 0:
            raise refuse("empty_integer")
        if length > limits.integer:
            raise Refused("signature.integer_too_long", size=length, limit=limits.integer)
        if length > 1 and data[body] in (0, 0xFF) and data[body] >> 7 == data[body + 1] >> 7:
            raise refuse("long_integer")
    elif tag == OID:
        _identifier(data, body, stop, limits)
    elif tag == BIT_STRING:
        if length == 0 or data[body] > 7 or (length == 1 and data[body]):
            raise refuse("bit_string")
        if data[body] and data[stop - 1] & ((1 << data[body]) - 1):
            raise refuse("unused_bits")
    elif tag == BOOLEAN:
        if length != 1 or data[body] not in (0, 0xFF):
            raise refuse("boolean")
    elif tag == NULL and length:
        raise refuse("null")


def _identifier(data: bytes, body: int, stop: int, limits: Limits) -> None:
    length = stop - body
    if length == 0 or data[stop - 1] & 0x80:
        raise refuse("identifier")
    if length > limits.oid:
        raise Refused("signature.identifier_too_long", size=length, limit=limits.oid)
    starts = True
    for octet in data[body:stop]:
        if starts and octet == 0x80:
            raise refuse("long_identifier")
        starts = octet < 0x80
