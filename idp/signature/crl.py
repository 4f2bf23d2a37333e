"""Revocation lists (RFC 5280 chapter 5), of any size: read by walking over the octets, never as a whole tree.

Reading holds every entry to strict DER once. Whether the list is sound, current and in scope are separate questions.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from idp.kernel.refusal import Refused
from idp.signature import der
from idp.signature.algorithms import Algorithm, read_algorithm
from idp.signature.certificate import Certificate
from idp.signature.checker import Checker
from idp.signature.der import Node
from idp.signature.extensions import (
    AUTHORITY_KEY_ID,
    CRL_SIGN,
    Extension,
    authority,
    authority_key_id,
    key_usage,
    point_names,
    read_extensions,
    subject_key_id,
)
from idp.signature.fields import Fields, integer, malformed, moment, only, whole_bits
from idp.signature.names import Name, read_name

NUMBER, ISSUING_POINT, REASON = "2.5.29.20", "2.5.29.28", "2.5.29.21"
#: What may be critical in a list: delta lists and indirect ones are not read, so their extensions are not here.
_KNOWN = frozenset({AUTHORITY_KEY_ID, NUMBER, ISSUING_POINT})
_KNOWN_IN_ENTRY = frozenset({REASON})

REASONS = {
    0: "unspecified",
    1: "key_compromise",
    2: "centre_compromise",
    3: "affiliation_changed",
    4: "superseded",
    5: "cessation",
    6: "hold",
    9: "privilege_withdrawn",
    10: "attribute_compromise",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One revoked certificate. A hold counts as revoked."""

    serial: int
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Which certificates of its issuer a list speaks of."""

    users: bool = True
    centres: bool = True
    points: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A list taken apart; its entries stay in the octets and are found there.

    ``unusable`` is the identifier of something critical that is not understood here: such a list proves nothing.
    """

    octets: bytes = field(repr=False)
    fingerprint: str
    signed: bytes = field(repr=False)
    issuer: Name
    this_update: datetime
    next_update: datetime
    algorithm: Algorithm = field(repr=False)
    signature: bytes = field(repr=False)
    extensions: dict[str, Extension] = field(repr=False)
    scope: Scope
    unusable: str
    count: int
    start: int = field(repr=False)
    end: int = field(repr=False)

    @property
    def number(self) -> int | None:
        """The list's number, which only grows: of two lists the later one holds."""
        found = self.extensions.get(NUMBER)
        return None if found is None else integer(der.read(found.value, der.CERTIFICATE), "cRLNumber")

    def entries(self) -> Iterator[Entry]:
        """Walk over all entries; no more than one is held in memory."""
        place = self.start
        while place < self.end:
            node = der.value(self.octets, place, self.end)
            yield _read_entry(node)[0]
            place = node.end

    def find(self, serial: int) -> Entry | None:
        """Return the entry of a serial number. DER writes a number in one way, so most lists need no walk."""
        width = serial.bit_length() // 8 + 1
        wanted = bytes([der.INTEGER, width]) + serial.to_bytes(width, "big")
        if self.octets.find(wanted, self.start, self.end) < 0:
            return None
        place = self.start
        while place < self.end:
            _, body, stop = der.header(self.octets, place, self.end)
            if self.octets.startswith(wanted, body):
                return _read_entry(der.value(self.octets, place, self.end))[0]
            place = stop
        return None


def read_list(octets: bytes) -> RevocationList:
    """Read a list strictly. Whether it is of a kind that can be relied upon stands in ``unusable``."""
    der.require_binary(octets)
    if len(octets) > der.LIST.size:
        raise Refused("signature.too_large", size=len(octets), limit=der.LIST.size)
    end = len(octets)
    tag, place, stop = der.header(octets, 0, end)
    if tag != der.SEQUENCE:
        raise malformed("certificateList")
    if stop != end:
        raise Refused("signature.trailing_bytes", count=end - stop)
    signed_tag, inside, signed_end = der.header(octets, place, end)
    outer = der.value(octets, signed_end, end)
    signature = der.value(octets, outer.end, end)
    if signed_tag != der.SEQUENCE or signature.end != end:
        raise malformed("certificateList")

    inner = der.value(octets, inside, signed_end)
    if inner.tag == der.INTEGER:  # absent in the first version, which has no extensions
        if integer(inner, "version") != 1:
            raise malformed("version")
        inner = der.value(octets, inner.end, signed_end)
    if inner.raw != outer.raw:
        raise Refused("signature.algorithm_differs")
    issuer = der.value(octets, inner.end, signed_end)
    this_update = der.value(octets, issuer.end, signed_end)
    next_update = der.value(octets, this_update.end, signed_end)
    start = stop = next_update.end
    if start < signed_end and octets[start] == der.SEQUENCE:
        _, start, stop = der.header(octets, start, signed_end)
    count, foreign = _count(octets, start, stop)
    extensions = _read_extensions(octets, stop, signed_end)
    scope = _read_scope(extensions)
    if scope is None:
        scope, foreign = Scope(), ISSUING_POINT
    return RevocationList(
        octets=octets,
        fingerprint=hashlib.sha256(octets).hexdigest(),
        signed=octets[place:signed_end],
        issuer=read_name(issuer, "issuer"),
        this_update=moment(this_update, "thisUpdate"),
        next_update=moment(next_update, "nextUpdate"),
        algorithm=read_algorithm(outer, "signatureAlgorithm"),
        signature=whole_bits(signature, "signatureValue"),
        extensions=extensions,
        scope=scope,
        unusable=_foreign(extensions, _KNOWN) or foreign,
        count=count,
        start=start,
        end=stop,
    )


def _read_extensions(octets: bytes, start: int, end: int) -> dict[str, Extension]:
    if start == end:
        return {}
    last = der.value(octets, start, end)
    if last.tag != 0xA0 or last.end != end:
        raise malformed("tbsCertList")
    return read_extensions(only(last, "crlExtensions"), "crlExtensions")


def _count(octets: bytes, start: int, end: int) -> tuple[int, str]:
    """Hold every entry to the schema; return how many there are, and the first critical thing that is foreign."""
    count, foreign = 0, ""
    while start < end:
        node = der.value(octets, start, end)
        foreign = _read_entry(node)[1] or foreign
        start = node.end
        count += 1
    return count, foreign


def _read_entry(node: Node) -> tuple[Entry, str]:
    fields = Fields(node, "revokedCertificate")
    serial = integer(fields.take(), "userCertificate")
    since = moment(fields.take(), "revocationDate")
    reason, foreign = "unspecified", ""
    extensions = fields.maybe(der.SEQUENCE)
    fields.done()
    if extensions is not None:
        found = read_extensions(extensions, "crlEntryExtensions")
        foreign = _foreign(found, _KNOWN_IN_ENTRY)
        if REASON in found:
            code = integer(der.read(found[REASON].value, der.CERTIFICATE), "reasonCode", der.ENUMERATED)
            reason = REASONS.get(code, "unspecified")
    return Entry(serial, since, reason), foreign


def _foreign(extensions: dict[str, Extension], known: frozenset[str]) -> str:
    """Return the first critical extension that is not known; lists that mean something else by it are not read."""
    return next((name for name, extension in extensions.items() if extension.critical and name not in known), "")


def _read_scope(extensions: dict[str, Extension]) -> Scope | None:
    """Read issuingDistributionPoint: parts by kind and by address are understood, parts by reason are not."""
    found = extensions.get(ISSUING_POINT)
    if found is None:
        return Scope()
    fields = Fields(der.read(found.value, der.CERTIFICATE), "issuingDistributionPoint")
    point = fields.maybe(0xA0)
    names: frozenset[bytes] = frozenset()
    if point is not None:
        full = only(point, "distributionPoint")
        names = frozenset(name.raw for name in full.children)
        if full.tag != 0xA0 or not names:
            return None
    users, centres = fields.maybe_content(0x81), fields.maybe_content(0x82)
    if any(fields.maybe_content(tag) for tag in (0x83, 0x84, 0x85)):
        return None
    fields.done()
    if users not in (None, b"\xff") or centres not in (None, b"\xff") or (users and centres):
        raise malformed("issuingDistributionPoint")
    return Scope(users=centres is None, centres=users is None, points=names)


def covers(scope: Scope, certificate: Certificate) -> bool:
    """Whether a list of that scope speaks of such certificates as this one."""
    is_centre, _ = authority(certificate.extensions)
    if not (scope.centres if is_centre else scope.users):
        return False
    return not scope.points or bool(scope.points & point_names(certificate.extensions))


def is_from(found: RevocationList, issuer: Certificate) -> bool:
    """Whether names and key identifiers allow that this centre issued the list."""
    named, own = authority_key_id(found.extensions), subject_key_id(issuer.extensions)
    return found.issuer.raw == issuer.subject.raw and (named is None or own is None or named == own)


def require_sound(found: RevocationList, issuer: Certificate, checker: Checker) -> None:
    """Refuse unless we understand the list, and the centre may sign lists and has signed this one."""
    if found.unusable:
        raise Refused("signature.list_unusable", oid=found.unusable)
    if CRL_SIGN not in key_usage(issuer.extensions):
        raise Refused("signature.list_issuer")
    try:
        checker.sound(found.fingerprint, issuer, found.algorithm, found.signed, found.signature)
    except Refused as refusal:
        raise Refused("signature.list_forged", reason=refusal.code) from refusal


def require_no_older(found: RevocationList, this_update: datetime, number: int | None) -> None:
    """Refuse a list that was made before the one that is held: an old list would bring the revoked back."""
    if found.this_update < this_update or (number is not None and (found.number is None or found.number < number)):
        raise Refused("signature.list_older", since=found.this_update, held=this_update)


def require_current(found: RevocationList, at: datetime) -> None:
    """Refuse a list from the future, and one whose successor is due."""
    if at < found.this_update:
        raise Refused("signature.list_not_yet_valid", since=found.this_update)
    if at > found.next_update:
        raise Refused("signature.list_expired", until=found.next_update)
