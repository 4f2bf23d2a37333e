"""Makes OCSP answers and signed messages, any part of which can be replaced by a wrong one."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.signature.certificates import Made
from tests.signature.keys import Key
from tests.signature.writer import (
    NULL,
    SHA1,
    SHA256,
    algorithm,
    bits,
    day,
    integer,
    moment,
    octets,
    oid,
    seq,
    set_of,
    tlv,
)

ANSWER_START, ANSWER_END = day("2026-11-24"), day("2026-11-25")


def key_octets(made: Made) -> bytes:
    """The content of a certificate's key BIT STRING, found as openssl does: the last element of the SPKI."""
    spki = made.key.spki
    at = 2 + (spki[1] & 0x7F if spki[1] & 0x80 else 0)
    length = spki[at + 1]
    at += 2 + length
    skip = 2 + (spki[at + 1] & 0x7F if spki[at + 1] & 0x80 else 0)
    return spki[at + skip + 1 :]


@dataclass(frozen=True)
class WantedAnswer:
    """An OCSP answer to be made; ``responder`` signs it and names itself by key, or by name."""

    status: bytes = tlv(0x80)
    responder: Made | None = None
    by_name: bool = False
    naming: str = SHA1
    start: datetime = ANSWER_START
    end: datetime | None = ANSWER_END
    produced: datetime | None = None
    certificates: tuple[bytes, ...] = ()
    serial: int | None = None
    extensions: tuple[bytes, ...] = ()
    signed_by: Key | None = None
    response_status: int = 0


def ocsp(about: Made, issuer: Made, wanted: WantedAnswer) -> bytes:
    responder = wanted.responder or issuer
    key = wanted.signed_by or responder.key
    functions: dict[str, Callable[[bytes], bytes]] = {
        SHA1: lambda data: hashlib.sha1(data).digest(),
        SHA256: lambda data: hashlib.sha256(data).digest(),
    }
    digest = functions.get(wanted.naming, issuer.key.hash)
    identifier = seq(
        algorithm(wanted.naming, NULL),
        octets(digest(issuer.subject)),
        octets(digest(key_octets(issuer))),
        integer(about.serial if wanted.serial is None else wanted.serial),
    )
    single = seq(
        identifier,
        wanted.status,
        moment(wanted.start, generalized=True),
        *([tlv(0xA0, moment(wanted.end, generalized=True))] if wanted.end else []),
    )
    who = (
        tlv(0xA1, responder.subject)
        if wanted.by_name
        else tlv(0xA2, octets(hashlib.sha1(key_octets(responder)).digest()))
    )
    tbs = seq(
        who,
        moment(wanted.produced or wanted.start, generalized=True),
        seq(single),
        *([tlv(0xA1, seq(*wanted.extensions))] if wanted.extensions else []),
    )
    certificates = [tlv(0xA0, seq(*wanted.certificates))] if wanted.certificates else []
    basic = seq(tbs, key.signing, bits(key.sign(tbs)), *certificates)
    if wanted.response_status:
        return seq(integer(wanted.response_status, 0x0A))
    return seq(integer(0, 0x0A), tlv(0xA0, seq(oid("1.3.6.1.5.5.7.48.1.1"), octets(basic))))


def attribute(dotted: str, *values: bytes) -> bytes:
    return seq(oid(dotted), set_of(*values))


@dataclass(frozen=True)
class WantedMessage:
    """A message to be made; what is None takes its right value."""

    content_type: bytes | None = None
    message_digest: bytes | None = None
    signing_certificate: bytes | None = None
    extra: tuple[bytes, ...] = ()
    without: frozenset[str] = frozenset()
    digest: bytes | None = None
    digests: tuple[bytes, ...] | None = None
    order: int = 1
    signing: bytes | None = None
    signature: bytes | None = None
    certificates: tuple[bytes, ...] | None = None
    attached: bytes | None = None
    data_type: str = "1.2.840.113549.1.7.1"
    outer_type: str = "1.2.840.113549.1.7.2"
    signer_id: bytes | None = None
    signers: int = 1
    unsigned: tuple[bytes, ...] = ()
    attributes: bool = True
    sign: Callable[[bytes], bytes] | None = None


def message(content: bytes, signer: Made, chain: Sequence[Made], wanted: WantedMessage | None = None) -> bytes:
    """Sign the content as CAdES-BES, detached."""
    wanted = wanted or WantedMessage()
    key = signer.key
    ess = seq(seq(seq(algorithm(key.digest), octets(key.hash(signer.der)))))
    attributes = {
        "contentType": wanted.content_type or attribute("1.2.840.113549.1.9.3", oid("1.2.840.113549.1.7.1")),
        "messageDigest": wanted.message_digest or attribute("1.2.840.113549.1.9.4", octets(key.hash(content))),
        "signingCertificateV2": wanted.signing_certificate or attribute("1.2.840.113549.1.9.16.2.47", ess),
    }
    values = [*(value for item, value in attributes.items() if item not in wanted.without), *wanted.extra]
    body = b"".join(values[:: wanted.order])
    to_sign = tlv(0x31, body) if wanted.attributes else content
    signature = wanted.signature if wanted.signature is not None else (wanted.sign or key.sign)(to_sign)
    digest = wanted.digest or algorithm(key.digest)
    by_key = wanted.signer_id is not None and wanted.signer_id[0] == 0x80
    info = seq(
        integer(3 if by_key else 1),
        wanted.signer_id or seq(signer.issuer, integer(signer.serial)),
        digest,
        *([tlv(0xA0, body)] if wanted.attributes else []),
        wanted.signing or key.signing,
        octets(signature),
        *([tlv(0xA1, *wanted.unsigned)] if wanted.unsigned else []),
    )
    certificates = wanted.certificates
    if certificates is None:
        certificates = (signer.der, *(made.der for made in chain))
    attached = [] if wanted.attached is None else [tlv(0xA0, octets(wanted.attached))]
    signed = seq(
        integer(1),
        set_of(*((digest,) if wanted.digests is None else wanted.digests)),
        seq(oid(wanted.data_type), *attached),
        *([tlv(0xA0, *certificates)] if certificates else []),
        set_of(*[info] * wanted.signers),
    )
    return seq(oid(wanted.outer_type), tlv(0xA0, signed))
