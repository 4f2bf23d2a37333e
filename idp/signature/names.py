"""Distinguished names: attributes with their text, whatever string type a centre chose (RFC 5280 4.1.2.4).

Two names are the same when their octets are: centres copy their own name into what they issue.
"""

from dataclasses import dataclass, field

from idp.kernel.refusal import Refused
from idp.signature import der
from idp.signature.der import Node
from idp.signature.fields import Fields, children, malformed, oid

#: String types that occur in names, with their encodings; T61String and UniversalString are not read.
_ENCODINGS = {0x0C: "utf-8", 0x12: "ascii", 0x13: "ascii", 0x16: "ascii", 0x1E: "utf-16-be"}

#: No centre writes more into one attribute; whoever shows or keeps a name may rely on that.
MAX_LENGTH = 512

#: The attributes that have a use here, by the names that people know.
ATTRIBUTES = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.42": "G",
    "2.5.4.10": "O",
    "2.5.4.12": "T",
    "1.2.643.100.1": "OGRN",
    "1.2.643.100.3": "SNILS",
    "1.2.643.100.4": "INNLE",
    "1.2.643.100.5": "OGRNIP",
    "1.2.643.3.131.1.1": "INN",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A Name as it stands, and its known attributes with every value each has."""

    raw: bytes = field(repr=False)
    values: dict[str, tuple[str, ...]] = field(compare=False, repr=False)

    def one(self, attribute: str) -> str | None:
        """Return the value of an attribute that may stand once."""
        values = self.values.get(attribute, ())
        if len(values) > 1:
            raise Refused("signature.attribute_twice", attribute=attribute)
        return values[0] if values else None

    def __str__(self) -> str:
        return " ".join(self.values.get("CN") or self.values.get("O") or ("—",))


def read_name(node: Node, where: str) -> Name:
    values: dict[str, tuple[str, ...]] = {}
    for relative in children(node, where):
        for pair in children(relative, where, der.SET):
            fields = Fields(pair, where)
            known = ATTRIBUTES.get(oid(fields.take(), where))
            value = fields.take()
            fields.done()
            if known is not None:
                found = text(value, where)
                if len(found) > MAX_LENGTH:
                    raise Refused("signature.name_too_long", attribute=known, limit=MAX_LENGTH)
                values[known] = (*values.get(known, ()), found)
    return Name(node.raw, values)


def text(node: Node, where: str) -> str:
    """Return the text of a string of a known type; control characters are refused."""
    encoding = _ENCODINGS.get(node.tag)
    if encoding is None:
        raise malformed(where)
    try:
        decoded = node.content.decode(encoding)
    except UnicodeDecodeError as error:
        raise malformed(where) from error
    if any(character < " " or "\x7f" <= character < "\xa0" for character in decoded):
        raise malformed(where)
    return decoded
