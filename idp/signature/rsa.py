"""RSA: reading a key of at least 2048 bits, PKCS #1 v1.5 and PSS (RFC 8017, RFC 4055), checked by ``cryptography``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from idp.kernel.refusal import Refused
from idp.signature import der
from idp.signature.der import Node
from idp.signature.fields import Fields, integer, malformed, oid, only

MIN_BITS, MAX_BITS = 2048, 4096
#: The hash functions of ``cryptography`` by the identifiers of the table of algorithms.
HASHES: dict[str, hashes.HashAlgorithm] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
_MGF1 = "1.2.840.113549.1.1.8"
PKCS1: Final[AsymmetricPadding] = padding.PKCS1v15()


@dataclass(frozen=True, slots=True)
class Pss:
    """The parameters of a PSS signature; the mask is always MGF1 with the same digest."""

    digest: str
    salt: int


def read_key(octets: bytes) -> RSAPublicKey:
    """Return the key of an RSAPublicKey structure; short keys, even moduli and odd exponents are refused."""
    fields = Fields(der.read(octets, der.Limits(size=2_048)), "RSAPublicKey")
    modulus, exponent = integer(fields.take(), "modulus"), integer(fields.take(), "publicExponent")
    fields.done()
    if not MIN_BITS <= modulus.bit_length() <= MAX_BITS:
        raise Refused("signature.key_wrong", reason="length")
    if modulus <= 0 or not modulus & 1 or not 3 <= exponent < 1 << 32 or not exponent & 1:
        raise Refused("signature.key_wrong", reason="numbers")
    return RSAPublicNumbers(exponent, modulus).public_key()


def read_pss(parameters: Node | None) -> Pss:
    """Read RSASSA-PSS-params. The defaults mean SHA-1, so digest and mask have to be spelled out."""
    if parameters is None:
        raise malformed("RSASSA-PSS-params")
    fields = Fields(parameters, "RSASSA-PSS-params")
    digest, mask, salt = fields.maybe(0xA0), fields.maybe(0xA1), fields.maybe(0xA2)
    trailer = fields.maybe(0xA3)
    fields.done()
    if digest is None or mask is None:
        raise Refused("signature.algorithm_refused", oid="1.3.14.3.2.26")
    name = _named(only(digest, "hashAlgorithm"))
    generator = Fields(only(mask, "maskGenAlgorithm"), "maskGenAlgorithm")
    function = oid(generator.take(), "maskGenAlgorithm")
    if function != _MGF1 or _named(generator.take()) != name:
        raise Refused("signature.algorithm_refused", oid=function)
    generator.done()
    if trailer is not None and integer(only(trailer, "trailerField"), "trailerField") != 1:
        raise malformed("trailerField")
    length = 20 if salt is None else integer(only(salt, "saltLength"), "saltLength")
    if not 0 <= length <= 512:
        raise malformed("saltLength")
    return Pss(name, length)


def require_allowed(scheme: Pss | None, parameters: Node) -> None:
    """Refuse a signature that the parameters of a key for PSS alone don't allow (RFC 4055 3.3)."""
    if scheme is None:
        raise malformed("subjectPublicKeyInfo.algorithm")
    allowed = read_pss(parameters)
    if scheme.digest != allowed.digest or scheme.salt < allowed.salt:
        raise Refused("signature.algorithm_mismatch", oid=scheme.digest)


def pss(scheme: Pss) -> AsymmetricPadding:
    return padding.PSS(padding.MGF1(HASHES[scheme.digest]), scheme.salt)


def checker(key: RSAPublicKey, scheme: AsymmetricPadding, digest: str) -> Callable[[bytes, bytes], None]:
    """Return the function that checks a signature over a digest."""
    prehashed = Prehashed(HASHES[digest])

    def check(hashed: bytes, signature: bytes) -> None:
        if len(signature) != (key.key_size + 7) // 8:
            raise Refused("signature.value_malformed", reason="length")
        try:
            key.verify(signature, hashed, scheme, prehashed)
        except InvalidSignature as error:
            raise Refused("signature.wrong") from error

    return check


def _named(node: Node) -> str:
    """Return the digest of an AlgorithmIdentifier whose parameters are absent or NULL."""
    fields = Fields(node, "hashAlgorithm")
    name = oid(fields.take(), "hashAlgorithm")
    fields.maybe(der.NULL)
    fields.done()
    return name
