"""Answers about one certificate (OCSP, RFC 6960): read, then held to the rights of whoever signed them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from idp.kernel.refusal import Refused
from idp.signature import der
from idp.signature.algorithms import DIGESTS, Algorithm, read_algorithm
from idp.signature.certificate import Certificate
from idp.signature.checker import Checker
from idp.signature.crl import REASONS, Entry
from idp.signature.der import Node
from idp.signature.extensions import (
    BASIC_CONSTRAINTS,
    DIGITAL_SIGNATURE,
    EXTENDED_KEY_USAGE,
    KEY_USAGE,
    extended_key_usage,
    key_usage,
    read_extensions,
    require_known,
)
from idp.signature.fields import Fields, children, integer, malformed, moment, octets, oid, only, whole_bits

BASIC, OCSP_SIGNING, NO_CHECK = "1.3.6.1.5.5.7.48.1.1", "1.3.6.1.5.5.7.3.9", "1.3.6.1.5.5.7.48.1.5"
#: An answer that does not say until when it holds, holds this long.
MAX_AGE = timedelta(hours=1)
MAX_CERTIFICATES = 4

#: Functions that may name an issuer. SHA-1 only picks a key here: what the answer says is signed by a function of ours.
_NAMING: dict[str, Callable[[bytes], bytes]] = {
    "1.3.14.3.2.26": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    **DIGESTS,
}


@dataclass(frozen=True, slots=True)
class Single:
    """What an answer says of one certificate: revoked, or good, or neither (``known`` is false)."""

    naming: str
    issuer_name: bytes
    issuer_key: bytes
    serial: int
    known: bool
    revoked: Entry | None
    this_update: datetime
    next_update: datetime | None

    def is_about(self, serial: int, issuer: Certificate) -> bool:
        name = _NAMING[self.naming]
        return (
            self.serial == serial
            and self.issuer_name == name(issuer.subject.raw)
            and self.issuer_key == name(issuer.key_octets)
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """A basic response taken apart. ``responder`` is a name as it stands, or the SHA-1 of a key."""

    octets: bytes = field(repr=False)
    fingerprint: str
    signed: bytes = field(repr=False)
    responder: bytes
    produced: datetime
    singles: tuple[Single, ...]
    algorithm: Algorithm = field(repr=False)
    signature: bytes = field(repr=False)
    certificates: tuple[bytes, ...] = field(repr=False)

    def names(self, certificate: Certificate) -> bool:
        """Whether this certificate is the responder that the answer names."""
        key = hashlib.sha1(certificate.key_octets, usedforsecurity=False).digest()
        return self.responder in (certificate.subject.raw, key)


def read_answer(data: bytes) -> Answer:
    """Read an OCSPResponse strictly; an error of the responder's is no answer."""
    fields = Fields(der.read(data, der.ANSWER), "ocspResponse")
    status = integer(fields.take(), "responseStatus", der.ENUMERATED)
    if status != 0:
        raise Refused("signature.answer_unusable", status=status)
    content = Fields(only(fields.take(0xA0), "responseBytes"), "responseBytes")
    fields.done()
    if oid(content.take(), "responseType") != BASIC:
        raise malformed("responseType")
    basic = Fields(der.read(octets(content.take(), "response"), der.ANSWER), "basicOCSPResponse")
    content.done()
    signed = basic.take(der.SEQUENCE)
    algorithm = read_algorithm(basic.take(), "signatureAlgorithm")
    signature = whole_bits(basic.take(), "signature")
    given = basic.maybe(0xA0)
    basic.done()
    certificates = () if given is None else children(only(given, "certs"), "certs")
    if len(certificates) > MAX_CERTIFICATES:
        raise Refused("signature.too_many_certificates", count=len(certificates), limit=MAX_CERTIFICATES)

    inner = Fields(signed, "responseData")
    if inner.maybe(0xA0) is not None:
        raise der.refuse("encoded_default")
    responder = inner.take(0xA1, 0xA2)
    named = only(responder, "responderID")
    produced = moment(inner.take(der.GENERALIZED_TIME), "producedAt")
    singles = tuple(_read_single(node) for node in children(inner.take(), "responses"))
    _require_no_critical(inner.maybe(0xA1))
    inner.done()
    return Answer(
        octets=data,
        fingerprint=hashlib.sha256(data).hexdigest(),
        signed=signed.raw,
        responder=named.raw if responder.tag == 0xA1 else octets(named, "responderID"),
        produced=produced,
        singles=singles,
        algorithm=algorithm,
        signature=signature,
        certificates=tuple(node.raw for node in certificates),
    )


def _read_single(node: Node) -> Single:
    fields = Fields(node, "singleResponse")
    identifier = Fields(fields.take(), "certID")
    naming = read_algorithm(identifier.take(), "certID").oid
    if naming not in _NAMING:
        raise Refused("signature.algorithm_refused", oid=naming)
    name, key = octets(identifier.take(), "certID"), octets(identifier.take(), "certID")
    serial = integer(identifier.take(), "certID")
    identifier.done()
    status = fields.take(0x80, 0xA1, 0x82)
    this_update = moment(fields.take(der.GENERALIZED_TIME), "thisUpdate")
    following = fields.maybe(0xA0)
    _require_no_critical(fields.maybe(0xA1))
    fields.done()
    return Single(
        naming=naming,
        issuer_name=name,
        issuer_key=key,
        serial=serial,
        known=status.tag != 0x82,
        revoked=_read_revoked(status, serial) if status.tag == 0xA1 else None,
        this_update=this_update,
        next_update=None if following is None else moment(only(following, "nextUpdate"), "nextUpdate"),
    )


def _read_revoked(node: Node, serial: int) -> Entry:
    fields = Fields(node, "revokedInfo", 0xA1)
    since = moment(fields.take(der.GENERALIZED_TIME), "revocationTime")
    reason = fields.maybe(0xA0)
    fields.done()
    code = 0 if reason is None else integer(only(reason, "revocationReason"), "revocationReason", der.ENUMERATED)
    return Entry(serial, since, REASONS.get(code, "unspecified"))


def _require_no_critical(node: Node | None) -> None:
    if node is not None:
        require_known(read_extensions(only(node, "responseExtensions"), "responseExtensions"), frozenset())


def require_current(single: Single, produced: datetime, at: datetime) -> None:
    """Refuse an answer from the future, and one that holds no longer."""
    if at < single.this_update or at < produced:
        raise Refused("signature.answer_not_yet_valid", since=max(single.this_update, produced))
    until = single.next_update or single.this_update + MAX_AGE
    if at > until:
        raise Refused("signature.answer_expired", until=until)


def require_sound(answer: Answer, issuer: Certificate, at: datetime, checker: Checker) -> Certificate:
    """Return who signed the answer: the centre, or one to whom it gave the right to answer (RFC 6960 4.2.2.2)."""
    responder = issuer if answer.names(issuer) else _delegate(answer, issuer, at, checker)
    try:
        checker.sound(answer.fingerprint, responder, answer.algorithm, answer.signed, answer.signature)
    except Refused as refusal:
        raise Refused("signature.answer_forged", reason=refusal.code) from refusal
    return responder


def _delegate(answer: Answer, issuer: Certificate, at: datetime, checker: Checker) -> Certificate:
    for raw in answer.certificates:
        candidate = checker.certificate(raw)
        if not answer.names(candidate) or not issuer.may_have_issued(candidate):
            continue
        usages = key_usage(candidate.extensions)
        if OCSP_SIGNING not in (extended_key_usage(candidate.extensions) or ()):
            raise Refused("signature.answer_responder", reason="usage")
        if usages and DIGITAL_SIGNATURE not in usages:
            raise Refused("signature.answer_responder", reason="usage")
        if not candidate.not_before <= at <= candidate.not_after:
            raise Refused("signature.answer_responder", reason="validity")
        require_known(candidate.extensions, frozenset({BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE, NO_CHECK}))
        try:
            checker.issued(candidate, issuer)
        except Refused as refusal:
            raise Refused("signature.answer_responder", reason=refusal.code) from refusal
        return candidate
    raise Refused("signature.answer_responder", reason="absent")
