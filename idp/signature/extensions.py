"""Extensions of certificates, lists and answers: how they stand, and what those we process say (RFC 5280 4.2, 5.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from idp.kernel.refusal import Refused
from idp.signature import der
from idp.signature.der import Node
from idp.signature.fields import Fields, boolean, children, flags, generalized, integer, malformed, octets, oid, only
from idp.signature.names import text

SUBJECT_KEY_ID, KEY_USAGE, PRIVATE_KEY_PERIOD = "2.5.29.14", "2.5.29.15", "2.5.29.16"
BASIC_CONSTRAINTS, POLICIES, AUTHORITY_KEY_ID = "2.5.29.19", "2.5.29.32", "2.5.29.35"
DISTRIBUTION_POINTS, EXTENDED_KEY_USAGE = "2.5.29.31", "2.5.29.37"
SUBJECT_TOOL, ISSUER_TOOL, IDENTIFICATION = "1.2.643.100.111", "1.2.643.100.112", "1.2.643.100.114"

_URI = 0x86

DIGITAL_SIGNATURE, NON_REPUDIATION, CERT_SIGN, CRL_SIGN = 0, 1, 5, 6


@dataclass(frozen=True, slots=True)
class Extension:
    critical: bool
    value: bytes


Extensions = Mapping[str, Extension]


@dataclass(frozen=True, slots=True)
class Period:
    """Both ends belong to it; an end that is missing is open."""

    start: datetime | None
    end: datetime | None


def read_extensions(node: Node, where: str) -> dict[str, Extension]:
    """Read Extensions; one that stands twice is refused, and so is an encoded default."""
    found: dict[str, Extension] = {}
    for child in children(node, where):
        fields = Fields(child, where)
        name = oid(fields.take(), where)
        critical = fields.maybe(der.BOOLEAN)
        if critical is not None and not boolean(critical, where):
            raise der.refuse("encoded_default")
        if name in found:
            raise Refused("signature.extension_twice", oid=name)
        found[name] = Extension(critical is not None, octets(fields.take(), where))
        fields.done()
    if not found:
        raise malformed(where)
    return found


def require_known(extensions: Extensions, known: frozenset[str]) -> None:
    """Refuse a critical extension that nobody here processes."""
    for name, extension in extensions.items():
        if extension.critical and name not in known:
            raise Refused("signature.critical_extension", oid=name)


def _parsed(extensions: Extensions, name: str) -> Node | None:
    found = extensions.get(name)
    return None if found is None else der.read(found.value, der.CERTIFICATE)


def key_usage(extensions: Extensions) -> frozenset[int]:
    """Return the usages by the numbers of their bits; none where the extension is absent."""
    node = _parsed(extensions, KEY_USAGE)
    return frozenset() if node is None else flags(node, "keyUsage")


def authority(extensions: Extensions) -> tuple[bool, int | None]:
    """Return basicConstraints: whether the subject is a certification centre, and how many centres may follow it."""
    node = _parsed(extensions, BASIC_CONSTRAINTS)
    if node is None:
        return False, None
    fields = Fields(node, "basicConstraints")
    flag, length = fields.maybe(der.BOOLEAN), fields.maybe(der.INTEGER)
    fields.done()
    if flag is not None and not boolean(flag, "basicConstraints"):
        raise der.refuse("encoded_default")
    number = None if length is None else integer(length, "pathLenConstraint")
    if number is not None and (number < 0 or flag is None):
        raise malformed("pathLenConstraint")
    return flag is not None, number


def extended_key_usage(extensions: Extensions) -> frozenset[str] | None:
    node = _parsed(extensions, EXTENDED_KEY_USAGE)
    return None if node is None else frozenset(oid(child, "extKeyUsage") for child in children(node, "extKeyUsage"))


def policies(extensions: Extensions) -> frozenset[str]:
    node = _parsed(extensions, POLICIES)
    if node is None:
        return frozenset()
    return frozenset(oid(Fields(child, "policies").take(), "policies") for child in children(node, "policies"))


def subject_key_id(extensions: Extensions) -> bytes | None:
    node = _parsed(extensions, SUBJECT_KEY_ID)
    return None if node is None else octets(node, "subjectKeyIdentifier")


def authority_key_id(extensions: Extensions) -> bytes | None:
    """Return the issuer's key identifier, if it is named; issuer and serial number beside it tell nothing new."""
    node = _parsed(extensions, AUTHORITY_KEY_ID)
    if node is None:
        return None
    return Fields(node, "authorityKeyIdentifier").maybe_content(0x80)


def private_key_period(extensions: Extensions) -> Period:
    """Return the time in which the key may sign."""
    node = _parsed(extensions, PRIVATE_KEY_PERIOD)
    if node is None:
        return Period(None, None)
    fields = Fields(node, "privateKeyUsagePeriod")
    ends = [fields.maybe_content(0x80), fields.maybe_content(0x81)]
    fields.done()
    start, end = (
        None if content is None else generalized(content.decode("latin-1"), "privateKeyUsagePeriod") for content in ends
    )
    if start is None and end is None:
        raise malformed("privateKeyUsagePeriod")
    return Period(start, end)


def point_names(extensions: Extensions) -> frozenset[bytes]:
    """Return the names of all distribution points, each as it is encoded."""
    node = _parsed(extensions, DISTRIBUTION_POINTS)
    found: set[bytes] = set()
    for point in () if node is None else children(node, "cRLDistributionPoints"):
        for part in point.children:
            if part.tag == 0xA0 and only(part, "distributionPoint").tag == 0xA0:
                found.update(name.raw for name in part.children[0].children)
    return frozenset(found)


def point_addresses(extensions: Extensions) -> tuple[str, ...]:
    """Return the addresses of http among the names of all distribution points: where the issuer's lists lie."""
    found = (der.read(name).content.decode("latin-1") for name in sorted(point_names(extensions)) if name[0] == _URI)
    return tuple(address for address in found if address.lower().startswith(("http://", "https://")))


def signing_tool(extensions: Extensions) -> str | None:
    """Return the holder's signing tool (order 795 of the FSB): a text of 1 to 200 characters."""
    node = _parsed(extensions, SUBJECT_TOOL)
    if node is None:
        return None
    return _tool(node, 200)


def require_issuer_tool(extensions: Extensions) -> None:
    """Where the centre names its tools, it names all four: tool, centre's tool, and both conformity papers."""
    node = _parsed(extensions, ISSUER_TOOL)
    if node is None:
        return
    fields = Fields(node, "issuerSignTool")
    for limit in (200, 200, 100, 100):
        _tool(fields.take(), limit)
    fields.done()


def _tool(node: Node, limit: int) -> str:
    found = text(node, "signTool")
    if not 1 <= len(found) <= limit:
        raise malformed("signTool")
    return found
