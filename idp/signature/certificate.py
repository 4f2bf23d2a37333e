"""A certificate of any family, taken apart but not judged (RFC 5280 4.1)."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from idp.kernel.refusal import Refused
from idp.signature import der
from idp.signature.algorithms import Algorithm, Family, family_of, read_algorithm
from idp.signature.der import Node
from idp.signature.extensions import Extension, authority_key_id, read_extensions, subject_key_id
from idp.signature.fields import Fields, integer, malformed, moment, only, whole_bits
from idp.signature.names import Name, read_name

#: RFC 5280 4.1.2.2 allows twenty octets.
MAX_SERIAL = 1 << 160


@dataclass(frozen=True, slots=True)
class Certificate:
    """Equal when the octets are. ``fingerprint`` is their SHA-256 in hex, ``signed`` what the issuer's key signed."""

    octets: bytes = field(repr=False)
    fingerprint: str = field(compare=False)
    signed: bytes = field(compare=False, repr=False)
    serial: int = field(compare=False)
    issuer: Name = field(compare=False)
    subject: Name = field(compare=False)
    not_before: datetime = field(compare=False)
    not_after: datetime = field(compare=False)
    key: Node = field(compare=False, repr=False)
    algorithm: Algorithm = field(compare=False, repr=False)
    signature: bytes = field(compare=False, repr=False)
    extensions: dict[str, Extension] = field(compare=False, repr=False)

    @property
    def family(self) -> Family:
        return family_of(self.key)

    @property
    def authority(self) -> str:
        """Name and key by one hash: all certificates of a centre that share both stand for one issuer."""
        return hashlib.sha256(self.subject.raw + self.key.raw).hexdigest()

    @property
    def key_octets(self) -> bytes:
        """The content of the key's BIT STRING, which OCSP names by its hash."""
        return whole_bits(self.key.children[1], "subjectPublicKey")

    def may_have_issued(self, child: "Certificate") -> bool:
        """Whether names and key identifiers allow that this centre issued the child; signatures are checked later."""
        if child.issuer.raw != self.subject.raw:
            return False
        named, own = authority_key_id(child.extensions), subject_key_id(self.extensions)
        return named is None or own is None or named == own


def read_certificate(octets: bytes) -> Certificate:
    """Read one certificate, strictly."""
    fields = Fields(der.read(octets, der.CERTIFICATE), "certificate")
    signed = fields.take(der.SEQUENCE)
    outer = fields.take(der.SEQUENCE)
    signature = whole_bits(fields.take(), "signatureValue")
    fields.done()

    inner = Fields(signed, "tbsCertificate")
    version = inner.maybe(0xA0)
    if version is None or integer(only(version, "version"), "version") != 2:
        raise malformed("version")
    serial = integer(inner.take(), "serialNumber")
    if not 0 < serial < MAX_SERIAL:
        raise malformed("serialNumber")
    algorithm = inner.take(der.SEQUENCE)
    if algorithm.raw != outer.raw:
        raise Refused("signature.algorithm_differs")
    issuer = read_name(inner.take(), "issuer")
    validity = Fields(inner.take(), "validity")
    not_before, not_after = moment(validity.take(), "notBefore"), moment(validity.take(), "notAfter")
    validity.done()
    subject = read_name(inner.take(), "subject")
    key = inner.take(der.SEQUENCE)
    inner.maybe(0x81)  # the unique identifiers of version 2: nobody uses them
    inner.maybe(0x82)
    extensions = inner.maybe(0xA3)
    inner.done()
    return Certificate(
        octets=octets,
        fingerprint=hashlib.sha256(octets).hexdigest(),
        signed=signed.raw,
        serial=serial,
        issuer=issuer,
        subject=subject,
        not_before=not_before,
        not_after=not_after,
        key=key,
        algorithm=read_algorithm(algorithm, "signatureAlgorithm"),
        signature=signature,
        extensions={} if extensions is None else read_extensions(only(extensions, "extensions"), "extensions"),
    )
