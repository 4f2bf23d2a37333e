"""Makes what the verifier reads: a small DER writer, keys and signatures by openssl, certificates, lists, messages.

Every part can be replaced by a wrong one, so that a case changes one thing and is otherwise right and truly signed.
"""

import hashlib
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ENGINE = """openssl_conf = init
[init]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
[req]
distinguished_name = dn
[dn]
"""
GOST_256, GOST_512 = "1.2.643.7.1.1.3.2", "1.2.643.7.1.1.3.3"
STREEBOG_256, STREEBOG_512 = "1.2.643.7.1.1.2.2", "1.2.643.7.1.1.2.3"
SHA1, SHA256, SHA384, SHA512 = (
    "1.3.14.3.2.26",
    "2.16.840.1.101.3.4.2.1",
    "2.16.840.1.101.3.4.2.2",
    "2.16.840.1.101.3.4.2.3",
)


def tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def seq(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    return tlv(0x31, *parts)


def integer(number: int, tag: int = 0x02) -> bytes:
    return tlv(tag, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray()
    for number in (40 * first + second, *rest):
        group = [number & 0x7F]
        while number := number >> 7:
            group.append(number & 0x7F | 0x80)
        out += bytes(reversed(group))
    return tlv(0x06, bytes(out))


def octets(content: bytes) -> bytes:
    return tlv(0x04, content)


def bits(content: bytes) -> bytes:
    return tlv(0x03, b"\0" + content)


def named_bits(*numbers: int) -> bytes:
    value = bytearray(max(numbers) // 8 + 1)
    for number in numbers:
        value[number // 8] |= 0x80 >> number % 8
    return tlv(0x03, bytes([7 - max(numbers) % 8]) + bytes(value))


def utf8(text: str) -> bytes:
    return tlv(0x0C, text.encode())


def numeric(text: str) -> bytes:
    return tlv(0x12, text.encode())


def moment(at: datetime, generalized: bool = False) -> bytes:
    if generalized or at.year >= 2050:
        return tlv(0x18, at.strftime("%Y%m%d%H%M%SZ").encode())
    return tlv(0x17, at.strftime("%y%m%d%H%M%SZ").encode())


NULL, TRUE, FALSE = tlv(0x05), tlv(0x01, b"\xff"), tlv(0x01, b"\0")


def algorithm(name: str, *parameters: bytes) -> bytes:
    return seq(oid(name), *parameters)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


START, END = day("2026-01-01"), day("2030-01-01")
REVOKED_ON, LIST_START, LIST_END = day("2026-05-01"), day("2026-11-01"), day("2026-12-01")
ANSWER_START, ANSWER_END = day("2026-11-24"), day("2026-11-25")


@dataclass(frozen=True)
class Key:
    """A key pair: ``spki`` as a certificate holds it, ``signing`` what certificates name, ``digest`` its hash."""

    name: str
    pem: Path
    spki: bytes
    signing: bytes
    digest: str
    function: str
    run: Any = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        return bytes(self.run("dgst", f"-{self.function}", "-sign", str(self.pem), "-binary", data=data))

    def hash(self, data: bytes) -> bytes:
        return bytes(self.run("dgst", f"-{self.function}", "-binary", data=data))


#: What openssl is asked for, what signs with it, and which digest goes with it.
KINDS = {
    **{
        name: (("gost2012_256", f"paramset:{name}"), (GOST_256,), STREEBOG_256, "md_gost12_256")
        for name in ("A", "B", "C", "XA", "XB", "TCA", "TCB", "TCC", "TCD")
    },
    **{
        f"512{name}": (("gost2012_512", f"paramset:{name}"), (GOST_512,), STREEBOG_512, "md_gost12_512")
        for name in "ABC"
    },
    "rsa": (("RSA", "rsa_keygen_bits:2048"), ("1.2.840.113549.1.1.11", NULL), SHA256, "sha256"),
    "rsa1024": (("RSA", "rsa_keygen_bits:1024"), ("1.2.840.113549.1.1.11", NULL), SHA256, "sha256"),
    "p256": (("EC", "ec_paramgen_curve:P-256"), ("1.2.840.10045.4.3.2",), SHA256, "sha256"),
    "p384": (("EC", "ec_paramgen_curve:P-384"), ("1.2.840.10045.4.3.3",), SHA384, "sha384"),
    "p521": (("EC", "ec_paramgen_curve:P-521"), ("1.2.840.10045.4.3.4",), SHA512, "sha512"),
    "p192": (("EC", "ec_paramgen_curve:prime192v1"), ("1.2.840.10045.4.3.2",), SHA256, "sha256"),
}


class Keys:
    """Keys by kind, and a number where one kind has several; each is made when it is first asked for."""

    def __init__(self, folder: Path, config: Path) -> None:
        self.folder = folder
        self._config = config
        self._made: dict[tuple[str, int], Key] = {}

    def run(self, *arguments: str, data: bytes = b"", ok: tuple[int, ...] = (0,)) -> bytes:
        done = subprocess.run(
            ["openssl", *arguments],
            input=data,
            capture_output=True,
            env={**os.environ, "OPENSSL_CONF": str(self._config)},
            check=False,
        )
        assert done.returncode in ok, done.stderr.decode()
        return done.stdout

    def verifies(self, *arguments: str) -> bool:
        done = subprocess.run(
            ["openssl", *arguments], capture_output=True, env={**os.environ, "OPENSSL_CONF": str(self._config)}
        )
        return done.returncode == 0

    def __call__(self, kind: str, number: int = 0) -> Key:
        if (kind, number) not in self._made:
            (name, option), signing, digest, function = KINDS[kind]
            pem = self.folder / f"{kind}-{number}.pem"
            self.run("genpkey", "-algorithm", name, "-pkeyopt", option, "-out", str(pem))
            spki = self.run("pkey", "-in", str(pem), "-pubout", "-outform", "DER")
            made = Key(kind, pem, spki, algorithm(*signing), digest, function, self.run)
            self._made[kind, number] = made
        return self._made[kind, number]


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
    extensions: Sequence[bytes] = (),
    issuer: bytes | None = None,
    signed_by: Key | None = None,
    version: int = 1,
) -> bytes:
    key = signed_by or by.key
    number = extension("2.5.29.20", integer(7))
    tbs = seq(
        integer(version),
        key.signing,
        issuer or by.subject,
        moment(start),
        moment(end),
        *([seq(*entries)] if entries else []),
        tlv(0xA0, seq(number, *extensions)),
    )
    return seq(tbs, key.signing, bits(key.sign(tbs)))


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
    digest = {SHA1: lambda data: hashlib.sha1(data).digest(), SHA256: lambda data: hashlib.sha256(data).digest()}.get(
        wanted.naming, issuer.key.hash
    )
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
    sign: Any = None


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
    body = b"".join([*(value for item, value in attributes.items() if item not in wanted.without), *wanted.extra])
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
        set_of(digest),
        seq(oid(wanted.data_type), *attached),
        *([tlv(0xA0, *certificates)] if certificates else []),
        set_of(*[info] * wanted.signers),
    )
    return seq(oid(wanted.outer_type), tlv(0xA0, signed))
