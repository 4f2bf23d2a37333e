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
    """A list taken apart; its entries stay in the octets and are found there."""

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
            yield _read_entry(node)
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
                return _read_entry(der.value(self.octets, place, self.end))
            place = stop
        return None


def read_list(octets: bytes) -> RevocationList:
    """Read a list strictly. A version without extensions, a delta or an indirect list is refused."""
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

    version = der.value(octets, inside, signed_end)
    inner = der.value(octets, version.end, signed_end)
    if integer(version, "version") != 1:
        raise malformed("version")
    if inner.raw != outer.raw:
        raise Refused("signature.algorithm_differs")
    issuer = der.value(octets, inner.end, signed_end)
    this_update = der.value(octets, issuer.end, signed_end)
    next_update = der.value(octets, this_update.end, signed_end)
    start = stop = next_update.end
    if start < signed_end and octets[start] == der.SEQUENCE:
        _, start, stop = der.header(octets, start, signed_end)
    count = _count(octets, start, stop)
    if stop == signed_end or octets[stop] != 0xA0:
        raise malformed("crlExtensions")
    last = der.value(octets, stop, signed_end)
    if last.end != signed_end:
        raise malformed("tbsCertList")
    extensions = read_extensions(only(last, "crlExtensions"), "crlExtensions")
    for name, extension in extensions.items():
        if extension.critical and name not in _KNOWN:
            raise Refused("signature.list_unusable", oid=name)
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
        scope=_read_scope(extensions),
        count=count,
        start=start,
        end=stop,
    )


def _count(octets: bytes, start: int, end: int) -> int:
    """Hold every entry to the schema; return how many there are."""
    count = 0
    while start < end:
        node = der.value(octets, start, end)
        _read_entry(node)
        start = node.end
        count += 1
    return count


def _read_entry(node: Node) -> Entry:
    fields = Fields(node, "revokedCertificate")
    serial = integer(fields.take(), "userCertificate")
    since = moment(fields.take(), "revocationDate")
    reason = "unspecified"
    extensions = fields.maybe(der.SEQUENCE)
    fields.done()
    if extensions is not None:
        found = read_extensions(extensions, "crlEntryExtensions")
        for name, extension in found.items():
            if extension.critical and name not in _KNOWN_IN_ENTRY:
                raise Refused("signature.list_unusable", oid=name)
        if REASON in found:
            code = integer(der.read(found[REASON].value, der.CERTIFICATE), "reasonCode", der.ENUMERATED)
            reason = REASONS.get(code, "unspecified")
    return Entry(serial, since, reason)


def _read_scope(extensions: dict[str, Extension]) -> Scope:
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
            raise Refused("signature.list_unusable", oid=ISSUING_POINT)
    users, centres = fields.maybe_content(0x81), fields.maybe_content(0x82)
    if any(fields.maybe_content(tag) for tag in (0x83, 0x84, 0x85)):
        raise Refused("signature.list_unusable", oid=ISSUING_POINT)
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
    """Refuse unless the centre may sign lists and has signed this one."""
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
