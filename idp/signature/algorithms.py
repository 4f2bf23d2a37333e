"""The table of algorithms, and the one way to check a signature: ``resolve`` turns key and algorithm into a verifier.

Certificates, lists, answers and messages all come through here, so what is not in ``ALGORITHMS`` is refused
everywhere: SHA-1, GOST R 34.11-94, GOST R 34.10-2001, short RSA keys, other curves.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from idp.kernel.refusal import Refused
from idp.signature import der, ecdsa, gost3410, rsa
from idp.signature.curves import CURVES
from idp.signature.der import Node
from idp.signature.fields import Fields, malformed, octets, oid, whole_bits
from idp.signature.points import Points
from idp.signature.streebog import streebog


class Family(StrEnum):
    GOST = "gost"
    RSA = "rsa"
    ECDSA = "ecdsa"


#: Digests by their identifier. SHA-1 is absent on purpose, see ``ocsp`` for where it merely names a key.
DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    "1.2.643.7.1.1.2.2": lambda data: streebog(data, 256),
    "1.2.643.7.1.1.2.3": lambda data: streebog(data, 512),
    "2.16.840.1.101.3.4.2.1": lambda data: hashlib.sha256(data).digest(),
    "2.16.840.1.101.3.4.2.2": lambda data: hashlib.sha384(data).digest(),
    "2.16.840.1.101.3.4.2.3": lambda data: hashlib.sha512(data).digest(),
}
STREEBOG_256, STREEBOG_512, SHA256, SHA384, SHA512 = DIGESTS
SHA2 = (SHA256, SHA384, SHA512)
_PSS = "1.2.840.113549.1.1.10"

#: Key identifier → (family, signature identifier → the digest it implies, or None where another field tells).
ALGORITHMS: Mapping[str, tuple[Family, Mapping[str, str | None]]] = {
    "1.2.643.7.1.1.1.1": (
        Family.GOST,
        {"1.2.643.7.1.1.1.1": STREEBOG_256, "1.2.643.7.1.1.3.2": STREEBOG_256},
    ),
    "1.2.643.7.1.1.1.2": (
        Family.GOST,
        {"1.2.643.7.1.1.1.2": STREEBOG_512, "1.2.643.7.1.1.3.3": STREEBOG_512},
    ),
    "1.2.840.113549.1.1.1": (
        Family.RSA,
        {
            "1.2.840.113549.1.1.1": None,
            "1.2.840.113549.1.1.11": SHA256,
            "1.2.840.113549.1.1.12": SHA384,
            "1.2.840.113549.1.1.13": SHA512,
            _PSS: None,
        },
    ),
    _PSS: (Family.RSA, {_PSS: None}),
    "1.2.840.10045.2.1": (
        Family.ECDSA,
        {"1.2.840.10045.4.3.2": SHA256, "1.2.840.10045.4.3.3": SHA384, "1.2.840.10045.4.3.4": SHA512},
    ),
}
#: A key's own identifier stands for a signature in SignerInfo only, never in a certificate or a list.
_KEY_IDENTIFIERS = frozenset(ALGORITHMS) - {_PSS}


class Verifier(Protocol):
    """Checks signatures with one key by one algorithm. ``digest`` is the identifier, ``strength`` in bits."""

    @property
    def family(self) -> Family: ...

    @property
    def digest(self) -> str: ...

    @property
    def strength(self) -> int: ...

    def verify(self, data: bytes, signature: bytes) -> None:
        """Return when the signature over the data is right; refuse otherwise."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An AlgorithmIdentifier: the identifier, and the parameters as they stand."""

    oid: str
    parameters: Node | None

    @property
    def has_parameters(self) -> bool:
        """Whether there are parameters other than NULL."""
        return self.parameters is not None and self.parameters.tag != der.NULL


def read_algorithm(node: Node, where: str) -> Algorithm:
    fields = Fields(node, where)
    name = oid(fields.take(), where)
    parameters = fields.take() if len(node.children) > 1 else None
    fields.done()
    return Algorithm(name, parameters)


def read_digest(node: Node, where: str) -> str:
    """Return the identifier of a digest that we compute; its parameters are absent or NULL."""
    algorithm = read_algorithm(node, where)
    if algorithm.oid not in DIGESTS or algorithm.has_parameters:
        raise Refused("signature.algorithm_refused", oid=algorithm.oid)
    return algorithm.oid


@dataclass(frozen=True, slots=True)
class _Checked:
    """A verifier made of its parts: the digest is computed here, the rest is one function of digest and signature."""

    family: Family
    digest: str
    strength: int
    check: Callable[[bytes, bytes], None]

    def verify(self, data: bytes, signature: bytes) -> None:
        self.check(DIGESTS[self.digest](data), signature)


def family_of(key: Node) -> Family:
    """Return the family that a SubjectPublicKeyInfo belongs to."""
    return _key(key)[0]


def resolve(key: Node, algorithm: Algorithm, digest: str | None, points: Points) -> Verifier:
    """Return the verifier for a SubjectPublicKeyInfo and an algorithm.

    ``digest`` is what a message names beside its algorithm; certificates and lists name none. All that is said about
    the digest, here and there, must agree.
    """
    family, signatures, parameters, bits = _key(key)
    if algorithm.oid not in signatures:
        raise Refused(_why_not(algorithm.oid), oid=algorithm.oid)
    if digest is None and algorithm.oid in _KEY_IDENTIFIERS:
        raise Refused("signature.algorithm_refused", oid=algorithm.oid)
    implied = signatures[algorithm.oid] or digest
    if algorithm.oid == _PSS:
        scheme = rsa.read_pss(algorithm.parameters)
        implied = scheme.digest
        if implied not in SHA2:
            raise Refused("signature.algorithm_refused", oid=scheme.digest)
    elif algorithm.has_parameters or (family is Family.ECDSA and algorithm.parameters is not None):
        raise malformed("signatureAlgorithm")
    if implied is None or digest not in (None, implied) or (family is not Family.GOST and implied not in SHA2):
        raise Refused("signature.digest_mismatch", oid=algorithm.oid, digest=digest or "")
    match family:
        case Family.GOST:
            return _gost(implied, parameters, bits, points)
        case Family.RSA:
            if parameters is not None and parameters.tag != der.NULL:
                rsa.require_allowed(scheme if algorithm.oid == _PSS else None, parameters)
            public = rsa.read_key(bits)
            padding = rsa.pss(scheme) if algorithm.oid == _PSS else rsa.PKCS1
            return _Checked(family, implied, public.key_size, rsa.checker(public, padding, implied))
        case Family.ECDSA:
            curve_key = ecdsa.read_key(parameters, bits)
            return _Checked(family, implied, curve_key.key_size // 2, ecdsa.checker(curve_key, implied))


def _key(key: Node) -> tuple[Family, Mapping[str, str | None], Node | None, bytes]:
    fields = Fields(key, "subjectPublicKeyInfo")
    algorithm = read_algorithm(fields.take(), "subjectPublicKeyInfo.algorithm")
    bits = whole_bits(fields.take(), "subjectPublicKey")
    fields.done()
    if algorithm.oid not in ALGORITHMS:
        raise Refused("signature.algorithm_refused", oid=algorithm.oid)
    return *ALGORITHMS[algorithm.oid], algorithm.parameters, bits


def _why_not(signature: str) -> str:
    """An algorithm of another key in the table does not fit this key; any other is refused altogether."""
    known = any(signature in signatures for _, signatures in ALGORITHMS.values())
    return "signature.algorithm_mismatch" if known else "signature.algorithm_refused"


def _gost(digest: str, parameters: Node | None, bits: bytes, points: Points) -> Verifier:
    """RFC 9215 section 4: the curve, and the digest if it is named at all, must be those of the key's length."""
    if parameters is None:
        raise malformed("publicKeyParamSet")
    fields = Fields(parameters, "publicKeyParamSet")
    name = oid(fields.take(), "publicKeyParamSet")
    named = fields.maybe(der.OID)
    fields.done()
    curve = CURVES.get(name)
    if curve is None:
        raise Refused("signature.algorithm_refused", oid=name)
    width = 256 if digest == STREEBOG_256 else 512
    if curve.bits != width or (named is not None and oid(named, "digestParamSet") != digest):
        raise Refused("signature.algorithm_mismatch", oid=name, digest=digest)
    octet_string = der.read(bits, der.Limits(size=256))
    point = gost3410.read_key(curve, octets(octet_string, "subjectPublicKey"))
    return _Checked(
        Family.GOST,
        digest,
        width // 2,
        lambda hashed, signature: gost3410.verify(curve, point, hashed, signature, points),
    )
