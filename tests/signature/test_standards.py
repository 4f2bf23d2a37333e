"""The numbers of the standards: Streebog, every curve, the signature examples, the certificates of RFC 9215."""

import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest

from idp.kernel.refusal import Refused
from idp.signature import der, gost3410, libcrypto
from idp.signature.algorithms import STREEBOG_256, STREEBOG_512, Algorithm, read_algorithm, resolve
from idp.signature.certificate import read_certificate
from idp.signature.curves import CURVES, Curve
from idp.signature.points import Points, PythonPoints
from idp.signature.streebog import streebog
from tests.signature.keys import Keys

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors/gost-standard-vectors.json").read_text())
DISTINCT = sorted({curve.name: curve for curve in CURVES.values()}.items())


@pytest.fixture(params=["python", "libcrypto"])
def points(request: pytest.FixtureRequest) -> Points:
    """Both arithmetics pass the same vectors. OpenSSL is a package that tests need anyway."""
    if request.param == "python":
        return PythonPoints()
    found = libcrypto.find()
    assert found is not None, "libcrypto.so.3 is missing"
    return found


def curve(name: str) -> Curve:
    numbers = VECTORS["curves"][name]
    p, a, b, q, x, y = (int(numbers[key], 16) for key in "pabqxy")
    return Curve(name, numbers["bits"], p, a, b, q, (x, y))


@pytest.mark.parametrize("case", VECTORS["streebog"], ids=lambda case: case["source"])
@pytest.mark.parametrize("bits", [256, 512])
def test_streebog_gives_the_published_digests(case: dict[str, str], bits: int) -> None:
    assert streebog(bytes.fromhex(case["message"]), bits).hex() == case[f"streebog{bits}"]


@pytest.mark.parametrize("case", VECTORS["streebog_lengths"]["cases"], ids=lambda case: str(case["length"]))
@pytest.mark.parametrize("bits", [256, 512])
def test_streebog_is_right_around_the_borders_of_blocks(case: dict[str, Any], bits: int) -> None:
    length = case["length"]
    message = bytes((7 * index + length) % 256 for index in range(length))

    assert streebog(message, bits).hex() == case[f"streebog{bits}"]


@pytest.mark.parametrize(
    "length", [0, 1, 31, 32, 62, 63, 64, 65, 126, 127, 128, 129, 191, 192, 193, 255, 256, 257, 4096]
)
def test_streebog_agrees_with_openssl(keys: Keys, length: int) -> None:
    message = random.Random(length).randbytes(length)

    assert streebog(message, 256) == keys.run("dgst", "-md_gost12_256", "-binary", data=message)
    assert streebog(message, 512) == keys.run("dgst", "-md_gost12_512", "-binary", data=message)


@pytest.mark.parametrize("name", [name for name in VECTORS["curves"] if "test" not in name])
def test_the_curves_are_the_published_ones(name: str) -> None:
    published = curve(name)
    for identifier in VECTORS["curves"][name]["oids"]:
        assert CURVES[identifier] == published


@pytest.mark.parametrize("name", ["test-256 (RFC 7091 7.1)", "test-512 (GOST R 34.10-2012 A.2)"])
def test_the_curves_of_examples_sign_nothing_here(name: str) -> None:
    assert not CURVES.keys() & set(VECTORS["curves"][name]["oids"])


@pytest.mark.parametrize("case", VECTORS["signatures"], ids=lambda case: case["source"])
def test_the_examples_of_the_standard_verify(case: dict[str, str], points: Points) -> None:
    example = curve(case["curve"])
    size = example.size
    key = int(case["qx"], 16), int(case["qy"], 16)
    digest = int(case["e"], 16).to_bytes(size, "little")
    signature = b"".join(int(case[half], 16).to_bytes(size, "big") for half in "sr")

    gost3410.verify(example, key, digest, signature, points)
    for wrong in (signature[size:] + signature[:size], bytes([signature[0] ^ 1]) + signature[1:]):
        with pytest.raises(Refused, match=r"signature\.wrong"):
            gost3410.verify(example, key, digest, wrong, points)


@pytest.mark.parametrize("case", VECTORS["certificates"], ids=lambda case: case["source"])
def test_the_certificates_of_rfc_9215_verify(case: dict[str, str], points: Points) -> None:
    certificate = read_certificate(base64.b64decode(case["der_base64"]))
    example = curve(case["curve"])
    bits = 256 if example.bits == 256 else 512
    key = gost3410.read_key(example, certificate.key_octets[2 if bits == 256 else 3 :])

    gost3410.verify(example, key, streebog(certificate.signed, bits), certificate.signature, points)


@pytest.mark.parametrize(("name", "item"), DISTINCT, ids=[name for name, _ in DISTINCT])
def test_both_arithmetics_agree(name: str, item: Curve) -> None:
    python, library = PythonPoints(), libcrypto.find()
    assert library is not None
    chance = random.Random(name)
    point = python.combine(item, chance.randrange(1, item.q), 0, item.base)
    assert point is not None
    special = [(0, 0), (1, 0), (0, 1), (1, 1), (item.q - 1, 1), (2, item.q - 2), (item.q - 1, item.q - 1)]
    for u, v in special:
        assert python.combine(item, u, v, item.base) == library.combine(item, u, v, item.base)
    for _ in range(10):
        u, v = chance.randrange(item.q), chance.randrange(item.q)
        assert python.combine(item, u, v, point) == library.combine(item, u, v, point)


@pytest.mark.parametrize(("name", "item"), DISTINCT, ids=[name for name, _ in DISTINCT])
def test_the_order_of_the_base_point_is_q(name: str, item: Curve, points: Points) -> None:
    assert item.holds(item.base)
    assert points.combine(item, item.q - 1, 1, item.base) is None


@pytest.mark.parametrize(
    "kind",
    ["A", "B", "C", "XA", "XB", "TCA", "TCB", "TCC", "TCD", "512A", "512B", "512C", "rsa", "p256", "p384", "p521"],
)
def test_what_openssl_signs_verifies_with_every_kind_of_key(keys: Keys, kind: str, points: Points) -> None:
    key = keys(kind)
    name = read_algorithm_of(key.signing)
    for message in (b"", b"x" * 63, b"x" * 64, b"x" * 65, bytes(1000)):
        verifier = resolve(der.read(key.spki), name, None, points)
        signature = key.sign(message)

        verifier.verify(message, signature)
        with pytest.raises(Refused):
            verifier.verify(message + b"!", signature)


def read_algorithm_of(octets: bytes) -> Algorithm:
    return read_algorithm(der.read(octets), "test")


@pytest.mark.parametrize(
    ("s", "r"), [(0, 1), (1, 0), (0, 0), ("q", 1), (1, "q"), ("2^", 1)], ids=["s0", "r0", "both0", "s=q", "r=q", "s>q"]
)
@pytest.mark.parametrize(("name", "item"), DISTINCT, ids=[name for name, _ in DISTINCT])
def test_halves_of_a_signature_lie_between_zero_and_q(name: str, item: Curve, s: Any, r: Any, points: Points) -> None:
    values = {"q": item.q, "2^": (1 << item.bits) - 1}
    signature = b"".join(values.get(half, half).to_bytes(item.size, "big") for half in (s, r))

    with pytest.raises(Refused) as refusal:
        gost3410.verify(item, item.base, bytes(item.size), signature, points)
    assert refusal.value.code == "signature.value_malformed"


@pytest.mark.parametrize("change", [-1, 1])
def test_a_signature_has_a_fixed_width(change: int, points: Points) -> None:
    item = CURVES["1.2.643.7.1.2.1.1.1"]
    with pytest.raises(Refused) as refusal:
        gost3410.verify(item, item.base, bytes(32), bytes(2 * item.size + change), points)
    assert refusal.value.code == "signature.value_malformed"


def test_a_digest_of_zero_counts_as_one(points: Points) -> None:
    """RFC 7091 6.2 step 3. Signed here by hand: the private key is 1, so the public one is the base point."""
    item = CURVES["1.2.643.7.1.2.1.1.2"]
    k = 12345
    point = points.combine(item, k, 0, item.base)
    assert point is not None
    r = point[0] % item.q
    s = (r * 1 + k * 1) % item.q
    signature = s.to_bytes(32, "big") + r.to_bytes(32, "big")

    for digest in (0, item.q, 1):
        gost3410.verify(item, item.base, digest.to_bytes(32, "little"), signature, points)


@pytest.mark.parametrize(("name", "item"), DISTINCT, ids=[name for name, _ in DISTINCT])
def test_a_key_lies_on_its_curve(name: str, item: Curve) -> None:
    x, y = item.base
    size = item.size
    right = x.to_bytes(size, "little") + y.to_bytes(size, "little")

    assert gost3410.read_key(item, right) == item.base
    for wrong in (
        x.to_bytes(size, "little") + (y ^ 1).to_bytes(size, "little"),
        bytes(2 * size),
        b"\xff" * (2 * size),
        right[:-1],
        right + b"\0",
        x.to_bytes(size, "big") + y.to_bytes(size, "big"),
    ):
        with pytest.raises(Refused) as refusal:
            gost3410.read_key(item, wrong)
        assert refusal.value.code == "signature.key_wrong"


@pytest.mark.parametrize("identifier", ["1.2.643.7.1.2.1.1.1", "1.2.643.7.1.2.1.2.3"])
def test_a_point_of_small_order_is_no_key(identifier: str) -> None:
    """The sets with cofactor 4 have a point of order two: where y is zero."""
    item = CURVES[identifier]
    x = next(root for root in cubic_roots(item))
    assert item.holds((x, 0))

    with pytest.raises(Refused) as refusal:
        gost3410.read_key(item, x.to_bytes(item.size, "little") + bytes(item.size))
    assert refusal.value.params == {"reason": "small_order"}


def cubic_roots(item: Curve) -> list[int]:
    """Find the root of x³+ax+b: the point q·P for a random P of the whole group, which has order 4, doubled."""
    p = item.p
    x = 2
    while True:
        square = (x**3 + item.a * x + item.b) % p
        y = pow(square, (p + 1) // 4, p) if p % 4 == 3 else 0
        if y and y * y % p == square:
            found = multiply(item, item.q, (x, y))
            if found and found[1] and (double := multiply(item, 2, found)) and double[1] == 0:
                return [double[0]]
            if found and found[1] == 0:
                return [found[0]]
        x += 1


def multiply(item: Curve, times: int, point: tuple[int, int]) -> tuple[int, int] | None:
    """Plain affine double-and-add, slow and independent of what is tested."""
    total: tuple[int, int] | None = None
    for bit in bin(times)[2:]:
        total = plus(item, total, total)
        if bit == "1":
            total = plus(item, total, point)
    return total


def plus(item: Curve, left: tuple[int, int] | None, right: tuple[int, int] | None) -> tuple[int, int] | None:
    if left is None or right is None:
        return left or right
    (x1, y1), (x2, y2), p = left, right, item.p
    if x1 == x2 and (y1 + y2) % p == 0:
        return None
    slope = (3 * x1 * x1 + item.a) * pow(2 * y1, -1, p) if left == right else (y2 - y1) * pow(x2 - x1, -1, p)
    x = (slope * slope - x1 - x2) % p
    return x, (slope * (x1 - x) - y1) % p


def test_the_digest_is_that_of_the_keys_length(keys: Keys) -> None:
    short, long = der.read(keys("A").spki), der.read(keys("512A").spki)
    assert resolve(short, Algorithm("1.2.643.7.1.1.3.2", None), None, PythonPoints()).digest == STREEBOG_256
    assert resolve(long, Algorithm("1.2.643.7.1.1.1.2", None), STREEBOG_512, PythonPoints()).digest == STREEBOG_512
    for key, name, digest in (
        (short, "1.2.643.7.1.1.3.3", None),
        (long, "1.2.643.7.1.1.3.2", None),
        (short, "1.2.643.7.1.1.1.1", STREEBOG_512),
        (long, "1.2.643.7.1.1.1.2", STREEBOG_256),
    ):
        with pytest.raises(Refused) as refusal:
            resolve(key, Algorithm(name, None), digest, PythonPoints())
        wanted = "signature.algorithm_mismatch" if digest is None else "signature.digest_mismatch"
        assert refusal.value.code == wanted


def test_a_missing_library_is_no_fault() -> None:
    assert libcrypto.find("libnothing-at-all.so.9") is None
    assert libcrypto.find("libm.so.6") is None
