"""ECDSA over P-256, P-384 and P-521 (RFC 5480), checked by ``cryptography``."""

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from idp.kernel.refusal import Refused
from idp.signature import der
from idp.signature.der import Node
from idp.signature.fields import Fields, integer, malformed, oid
from idp.signature.rsa import HASHES

CURVES: dict[str, ec.EllipticCurve] = {
    "1.2.840.10045.3.1.7": ec.SECP256R1(),
    "1.3.132.0.34": ec.SECP384R1(),
    "1.3.132.0.35": ec.SECP521R1(),
}


def read_key(parameters: Node | None, octets: bytes) -> ec.EllipticCurvePublicKey:
    """Return the key of a named curve; explicit curves and points in compressed form are refused."""
    if parameters is None or parameters.tag != der.OID:
        raise malformed("ECParameters")
    name = oid(parameters, "ECParameters")
    curve = CURVES.get(name)
    if curve is None:
        raise Refused("signature.algorithm_refused", oid=name)
    if len(octets) != 1 + 2 * ((curve.key_size + 7) // 8) or octets[0] != 4:
        raise Refused("signature.key_wrong", reason="length")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, octets)
    except ValueError as error:
        raise Refused("signature.key_wrong", reason="off_curve") from error


def checker(key: ec.EllipticCurvePublicKey, digest: str) -> Callable[[bytes, bytes], None]:
    """Return the function that checks a signature over a digest."""
    scheme = ec.ECDSA(Prehashed(HASHES[digest]))

    def check(hashed: bytes, signature: bytes) -> None:
        fields = Fields(der.read(signature, der.Limits(size=256)), "ECDSA-Sig-Value")
        r, s = integer(fields.take(), "r"), integer(fields.take(), "s")
        fields.done()
        if not (0 < r < key.curve.group_order and 0 < s < key.curve.group_order):
            raise Refused("signature.value_malformed", reason="range")
        try:
            key.verify(signature, hashed, scheme)
        except InvalidSignature as error:
            raise Refused("signature.wrong") from error

    return check
