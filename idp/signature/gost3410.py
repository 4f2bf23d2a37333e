"""GOST R 34.10-2012: reading a public key and checking a signature (RFC 7091 section 6.2, encodings of RFC 9215)."""

from idp.kernel.refusal import Refused
from idp.signature.curves import Curve, Point
from idp.signature.points import Points


def read_key(curve: Curve, octets: bytes) -> Point:
    """Return the point that a certificate's key octets hold: x then y, each least significant octet first."""
    size = curve.size
    if len(octets) != 2 * size:
        raise Refused("signature.key_wrong", reason="length")
    point = int.from_bytes(octets[:size], "little"), int.from_bytes(octets[size:], "little")
    if not curve.holds(point):
        raise Refused("signature.key_wrong", reason="off_curve")
    # The groups of two of the sets have cofactor 4: besides points of order q they hold a few of order 2 and 4.
    if _is_small(curve, point):
        raise Refused("signature.key_wrong", reason="small_order")
    return point


def verify(curve: Curve, key: Point, digest: bytes, signature: bytes, points: Points) -> None:
    """Check a signature ``s‖r`` over a digest, or refuse."""
    size = curve.size
    if len(signature) != 2 * size:
        raise Refused("signature.value_malformed", reason="length")
    s, r = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
    if not (0 < r < curve.q and 0 < s < curve.q):
        raise Refused("signature.value_malformed", reason="range")
    e = int.from_bytes(digest, "little") % curve.q or 1
    inverse = pow(e, -1, curve.q)
    found = points.combine(curve, s * inverse % curve.q, -r * inverse % curve.q, key)
    if found is None or found[0] % curve.q != r:
        raise Refused("signature.wrong")


def _is_small(curve: Curve, point: Point) -> bool:
    """Whether the order of the point divides 4: it is of order two, or its double is."""
    p = curve.p
    x, y = point
    if y == 0:
        return True
    slope = (3 * x * x + curve.a) * pow(2 * y, -1, p) % p
    double = (slope * slope - 2 * x) % p
    return (slope * (x - double) - y) % p == 0
