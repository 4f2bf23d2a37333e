"""Makes certificates and revocation lists, any part of which can be replaced by a wrong one.

So a case changes one thing and is otherwise right and truly signed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.signature.keys import Key
from tests.signature.writer import (
    TRUE,
    bits,
    day,
    integer,
    moment,
    named_bits,
    numeric,
    octets,
    oid,
    seq,
    set_of,
    tlv,
    utf8,
)

START, END = day("2026-01-01"), day("2030-01-01")
REVOKED_ON, LIST_START, LIST_END = day("2026-05-01"), day("2026-11-01"), day("2026-12-01")

OIDS = {
    "C": "2.5.4.6",
    "CN": "2.5.4.3",
    "SN": "2.5.4.4",
    "G": "2.5.4.42",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "T": "2.5.4.12",
    "OGRN": "1.2.643.100.1",
    "SNILS": "1.2.643.100.3",
    "INNLE": "1.2.643.100.4",
    "OGRNIP": "1.2.643.100.5",
    "INN": "1.2.643.3.131.1.1",
}


def name(*pairs: tuple[str, str | bytes]) -> bytes:
    """Write a name; a value is text, or the whole encoded string."""
    parts = []
    for attribute, value in pairs:
        encoded = value if isinstance(value, bytes) else numeric(value) if value.isdigit() else utf8(value)
        parts.append(set_of(seq(oid(OIDS[attribute]), encoded)))
    return seq(*parts)


def extension(dotted: str, value: bytes, critical: bool = False) -> bytes:
    return seq(oid(dotted), *([TRUE] if critical else []), octets(value))


def key_usage(*numbers: int) -> bytes:
    return extension("2.5.29.15", named_bits(*numbers), critical=True)


def constraints(*parts: bytes) -> bytes:
    return extension("2.5.29.19", seq(*parts), critical=True)


def policies(*names: str) -> bytes:
    return extension("2.5.29.32", seq(*(seq(oid(item)) for item in names)))


def purposes(*names: str) -> bytes:
    return extension("2.5.29.37", seq(*(oid(item) for item in names)))


TOOL = extension("1.2.643.100.111", utf8("СКЗИ «Пример»"))
QUALIFIED = policies("1.2.643.100.113.1", "1.2.643.100.113.2")


@dataclass(frozen=True)
class Made:
    """A certificate that was made, with its key."""

    der: bytes
    key: Key
    subject: bytes
    issuer: bytes
    serial: int

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.der).hexdigest()


@dataclass(frozen=True)
class Wanted:
    """A certificate to be made. ``inner`` and ``outer`` replace the algorithm, ``spki`` the key's encoding."""

    subject: bytes
    key: Key
    extensions: tuple[bytes, ...]
    serial: int = 1000
    start: datetime = START
    end: datetime = END
    version: int | None = 2
    inner: bytes | None = None
    outer: bytes | None = None
    spki: bytes | None = None
    signature: bytes | None = None


def certificate(wanted: Wanted, by: Made | None = None) -> Made:
    """Issue the certificate; without an issuer it signs itself."""
    key = by.key if by else wanted.key
    issuer = by.subject if by else wanted.subject
    signing = key.signing
    version = [] if wanted.version is None else [tlv(0xA0, integer(wanted.version))]
    tbs = seq(
        *version,
        integer(wanted.serial),
        wanted.inner or signing,
        issuer,
        seq(moment(wanted.start), moment(wanted.end)),
        wanted.subject,
        wanted.spki or wanted.key.spki,
        *([tlv(0xA3, seq(*wanted.extensions))] if wanted.extensions else []),
    )
    der = seq(tbs, wanted.outer or wanted.inner or signing, bits(wanted.signature or key.sign(tbs)))
    return Made(der, wanted.key, wanted.subject, issuer, wanted.serial)


def crl_entry(serial: int, *extensions: bytes, since: datetime = REVOKED_ON) -> bytes:
    return seq(integer(serial), moment(since), *([seq(*extensions)] if extensions else []))


def reason(code: int) -> bytes:
    return extension("2.5.29.21", tlv(0x0A, bytes([code])))


def crl(
    by: Made,
    *entries: bytes,
    start: datetime = LIST_START,
    end: datetime = LIST_END,
    extensions: Sequence[bytes] | None = (),
    issuer: bytes | None = None,
    signed_by: Key | None = None,
    version: int | None = 1,
) -> bytes:
    """Issue a list; the first version, which is not named, has no ``extensions``."""
    key = signed_by or by.key
    number = extension("2.5.29.20", integer(7))
    tbs = seq(
        *([] if version is None else [integer(version)]),
        key.signing,
        issuer or by.subject,
        moment(start),
        moment(end),
        *([seq(*entries)] if entries else []),
        *([] if extensions is None else [tlv(0xA0, seq(number, *extensions))]),
    )
    return seq(tbs, key.signing, bits(key.sign(tbs)))
