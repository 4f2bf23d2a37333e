"""A signed message: CMS SignedData, detached, CAdES-BES, one signer (RFC 5652, RFC 5035)."""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.kernel.refusal import Refused
from idp.signature import der
from idp.signature.algorithms import DIGESTS, Algorithm, read_algorithm, read_digest
from idp.signature.certificate import Certificate
from idp.signature.checker import Checker
from idp.signature.der import Node
from idp.signature.extensions import subject_key_id
from idp.signature.fields import Fields, children, integer, malformed, octets, oid, only
from idp.signature.steps import Protocol

MAX_CERTIFICATES = 10
_SIGNED_DATA, _DATA = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
_SHA256 = "2.16.840.1.101.3.4.2.1"


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A message taken apart. ``signed`` are the attributes with the tag under which they were hashed."""

    signer: Node
    digest: str
    attributes: Mapping[str, tuple[Node, ...]]
    signed: bytes
    algorithm: Algorithm
    signature: bytes
    certificates: tuple[bytes, ...]


def read_message(message: bytes) -> SignedMessage:
    """Read a message strictly, and hold it to the one shape that a login has."""
    content_info = Fields(der.read(message, der.MESSAGE), "contentInfo")
    if oid(content_info.take(), "contentType") != _SIGNED_DATA:
        raise Refused("signature.not_signed_data")
    body = Fields(only(content_info.take(0xA0), "content"), "signedData")
    content_info.done()
    if integer(body.take(), "version") not in (1, 3):
        raise malformed("version")
    digests = {
        read_algorithm(node, "digestAlgorithms").oid for node in children(body.take(), "digestAlgorithms", der.SET)
    }
    _require_detached(body.take())
    certificates = body.maybe(0xA0)
    body.maybe(0xA1)  # lists that came along: ours are fresher
    signers = children(body.take(), "signerInfos", der.SET)
    body.done()
    if not signers:
        raise Refused("signature.no_signer")
    if len(signers) > 1:
        raise Refused("signature.several_signers", count=len(signers))
    given = () if certificates is None else certificates.children
    if len(given) > MAX_CERTIFICATES:
        raise Refused("signature.too_many_certificates", count=len(given), limit=MAX_CERTIFICATES)
    if any(node.tag != der.SEQUENCE for node in given):
        raise malformed("certificates")
    found = _read_signer(signers[0], tuple(node.raw for node in given))
    if found.digest not in digests:
        raise Refused("signature.digest_mismatch", oid=found.digest)
    return found


def _require_detached(node: Node) -> None:
    fields = Fields(node, "encapContentInfo")
    content_type = oid(fields.take(), "eContentType")
    if fields.maybe(0xA0) is not None:
        raise Refused("signature.content_attached")
    fields.done()
    if content_type != _DATA:
        raise Refused("signature.content_type", oid=content_type)


def _read_signer(node: Node, certificates: tuple[bytes, ...]) -> SignedMessage:
    fields = Fields(node, "signerInfo")
    version = integer(fields.take(), "signerInfo.version")
    signer = fields.take(der.SEQUENCE, 0x80)
    if version != (1 if signer.tag == der.SEQUENCE else 3):
        raise malformed("signerInfo.version")
    digest = read_digest(fields.take(), "digestAlgorithm")
    attributes = fields.maybe(0xA0)
    if attributes is None:
        raise Refused("signature.attributes_missing")
    algorithm = read_algorithm(fields.take(), "signatureAlgorithm")
    signature = octets(fields.take(), "signature")
    fields.maybe(0xA1)  # unsigned attributes: time stamps and the like, which a login does not need
    fields.done()
    return SignedMessage(
        signer=signer,
        digest=digest,
        attributes=_read_attributes(attributes),
        signed=bytes([der.SET]) + attributes.raw[1:],  # RFC 5652 5.4: hashed as a SET, in the order in which they came
        algorithm=algorithm,
        signature=signature,
        certificates=certificates,
    )


def _read_attributes(node: Node) -> dict[str, tuple[Node, ...]]:
    found: dict[str, tuple[Node, ...]] = {}
    for child in node.children:
        fields = Fields(child, "signedAttrs")
        name = oid(fields.take(), "signedAttrs")
        if name in found:
            raise Refused("signature.signed_attribute_twice", oid=name)
        found[name] = children(fields.take(), "signedAttrs", der.SET)
        fields.done()
    return found


def verify(message: SignedMessage, content: bytes, checker: Checker, protocol: Protocol) -> Certificate:
    """Return the certificate of the one who signed the content; who that is and what it is worth is for others."""
    with protocol.step("message.signer"):
        signer = _signer(message, checker)
    with protocol.step("message.attributes"):
        content_type = oid(_attribute(message, _CONTENT_TYPE), "contentType")
        if content_type != _DATA:
            raise Refused("signature.signed_content_type", oid=content_type)
        stated = octets(_attribute(message, _MESSAGE_DIGEST), "messageDigest")
        signing_certificate = _attribute(message, _SIGNING_CERTIFICATE, "signature.not_cades")
    with protocol.step("message.algorithms"):
        verifier = checker.verifier(signer.key, message.algorithm, message.digest)
    with protocol.step("message.content"):
        if DIGESTS[message.digest](content) != stated:
            raise Refused("signature.other_content")
    with protocol.step("message.signing_certificate"):
        _require_named(signing_certificate, signer, checker)
    with protocol.step("message.signature", verifier.family):
        verifier.verify(message.signed, message.signature)
    return signer


def _attribute(message: SignedMessage, name: str, missing: str = "signature.signed_attribute_missing") -> Node:
    """Return the one value of an attribute that must be there."""
    values = message.attributes.get(name)
    if values is None:
        raise Refused(missing, oid=name)
    if len(values) != 1:
        raise Refused("signature.signed_attribute_values", oid=name, count=len(values))
    return values[0]


def _signer(message: SignedMessage, checker: Checker) -> Certificate:
    """Return the certificate that the signer's identifier names: by issuer and serial number, or by key."""
    candidates: list[Certificate] = []
    unread: Refused | None = None
    for octets_given in dict.fromkeys(message.certificates):
        try:
            candidates.append(checker.certificate(octets_given))
        except Refused as refusal:  # a centre's certificate that came along may be of a kind that we don't read
            unread = unread or refusal
    if message.signer.tag == der.SEQUENCE:
        fields = Fields(message.signer, "signerIdentifier")
        issuer, serial = fields.take(), integer(fields.take(), "signerIdentifier")
        fields.done()
        found = [item for item in candidates if item.issuer.raw == issuer.raw and item.serial == serial]
    else:
        found = [item for item in candidates if subject_key_id(item.extensions) == message.signer.content]
    if not found:
        raise unread or Refused("signature.signer_certificate_missing")
    if len(found) > 1:
        raise malformed("certificates")
    return found[0]


def _require_named(node: Node, signer: Certificate, checker: Checker) -> None:
    """RFC 5035: the signer has signed which certificate is meant, for another may hold the same key."""
    fields = Fields(node, "signingCertificateV2")
    certificates = children(fields.take(), "signingCertificateV2")
    fields.maybe(der.SEQUENCE)
    fields.done()
    if not certificates:
        raise malformed("signingCertificateV2")
    first = Fields(certificates[0], "ESSCertIDv2")
    algorithm = first.maybe(der.SEQUENCE)
    digest = _SHA256 if algorithm is None else read_digest(algorithm, "ESSCertIDv2")
    named = octets(first.take(), "ESSCertIDv2")
    issuer_serial = first.maybe(der.SEQUENCE)
    first.done()
    if named != checker.digest(digest, signer):
        raise Refused("signature.signer_certificate_differs")
    if issuer_serial is not None:
        pair = Fields(issuer_serial, "issuerSerial")
        names, serial = children(pair.take(), "issuerSerial"), integer(pair.take(), "issuerSerial")
        pair.done()
        issuer = names[0].children[0].raw if len(names) == 1 and names[0].tag == 0xA4 and names[0].children else b""
        if serial != signer.serial or issuer != signer.issuer.raw:
            raise Refused("signature.signer_certificate_differs")
