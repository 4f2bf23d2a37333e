"""What a door hands inwards: the request, read once into frozen values. Nothing deeper sees a framework."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

#: RFC 6749 3.1 and 3.2: no parameter may come twice; RFC 8707 2 makes the one exception.
MAY_REPEAT = ("resource",)
#: The one kind of body that both doors take.
FORM = "application/x-www-form-urlencoded"


class MalformedRequest(Exception):
    """The request can't be read as the protocol wants it: a 400 with this plain description."""


@dataclass(frozen=True, slots=True)
class Form:
    """Parameters of a query or a body, in order. RFC 6749 3.1: none may come twice, an empty one counts as absent."""

    pairs: tuple[tuple[str, str], ...] = ()

    def one(self, name: str) -> str | None:
        """Return the only value of the parameter, None if absent or empty; two values are malformed."""
        values = [value for key, value in self.pairs if key == name and value]
        if len(values) > 1:
            raise MalformedRequest(f"parameter {name} is given more than once")
        return values[0] if values else None

    def require_once(self) -> None:
        """Refuse a parameter that comes twice, known or not."""
        for name in {name for name, _ in self.pairs}.difference(MAY_REPEAT):
            self.one(name)

    def text(self, name: str) -> str:
        return self.one(name) or ""

    def many(self, name: str) -> tuple[str, ...]:
        """Return every value; only for parameters that may repeat (``resource``, RFC 8707)."""
        return tuple(value for key, value in self.pairs if key == name and value)

    def __contains__(self, name: object) -> bool:
        return any(key == name and value for key, value in self.pairs)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)


@dataclass(frozen=True, slots=True)
class Request:
    """A machine's request. ``headers`` are lower-case; ``form`` is of the body alone, ``query`` of the address.

    ``body`` is left as it came where the address takes no form; ``captured`` holds what its pattern leaves open.
    """

    method: str
    path: str
    form: Form = Form()
    query: Form = Form()
    headers: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    body: bytes = b""
    captured: Mapping[str, str] = field(default_factory=dict)


def parse(encoded: bytes, max_parameters: int) -> Form:
    """Parse ``application/x-www-form-urlencoded`` strictly: UTF-8 or nothing."""
    if not encoded:
        return Form()
    parts = encoded.split(b"&", max_parameters)
    if len(parts) > max_parameters:
        raise MalformedRequest("too many parameters")
    pairs = []
    for part in parts:
        if part:
            name, _, value = part.partition(b"=")
            pairs.append((_decode(name), _decode(value)))
    return Form(tuple(pairs))


def _decode(encoded: bytes) -> str:
    try:
        text = unquote_to_bytes(encoded.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedRequest("a parameter is not UTF-8") from None
    if "\0" in text:
        raise MalformedRequest("a parameter holds a NUL character")
    return text
