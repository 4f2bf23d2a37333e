"""Keys: of the kinds in the table, on their curves, long enough; each breach with its code."""

import pytest

from idp.signature.steps import SignatureRefused
from tests.signature import writer
from tests.signature.world import World
from tests.signature.writer import NULL, algorithm, octets, seq


def refused(world: World, message: bytes) -> str:
    with pytest.raises(SignatureRefused) as refusal:
        world.login(message)
    return refusal.value.code.removeprefix("signature.")


@pytest.mark.parametrize("kind", ["rsa1024", "p192"])
def test_weak_keys_are_refused(world: World, kind: str) -> None:
    leaf = world.holder(kind=kind)
    with pytest.raises(SignatureRefused) as refusal:
        world.login(world.message(leaf))
    assert refusal.value.code in ("signature.key_wrong", "signature.algorithm_refused")


def gost_spki(curve: str, point: bytes, digest: str = "", key: str = "1.2.643.7.1.1.1.1") -> bytes:
    parameters = seq(writer.oid(curve), *([writer.oid(digest)] if digest else []))
    return seq(algorithm(key, parameters), writer.bits(octets(point)))


@pytest.mark.parametrize(
    ("spki", "code"),
    [
        (gost_spki("1.2.643.7.1.2.1.1.1", bytes(64)), "key_wrong"),
        (gost_spki("1.2.643.7.1.2.1.1.1", bytes([1]) + bytes(63)), "key_wrong"),
        (gost_spki("1.2.643.7.1.2.1.1.1", bytes(63)), "key_wrong"),
        (gost_spki("1.2.643.2.2.35.0", bytes(64)), "algorithm_refused"),  # the curve of examples
        (gost_spki("1.2.643.7.1.2.1.2.1", bytes(128)), "algorithm_mismatch"),  # a long curve for a short key
        (gost_spki("1.2.643.2.2.35.1", bytes(64), "1.2.643.2.2.30.1"), "algorithm_mismatch"),  # GOST R 34.11-94
        (gost_spki("1.2.643.2.2.35.1", bytes(64), key="1.2.643.2.2.19"), "algorithm_refused"),  # 34.10-2001
        (seq(algorithm("1.2.643.7.1.1.1.1"), writer.bits(octets(bytes(64)))), "malformed"),
        (seq(algorithm("1.3.101.112"), writer.bits(bytes(32))), "algorithm_refused"),  # Ed25519
    ],
)
def test_keys_outside_the_table_are_refused(world: World, spki: bytes, code: str) -> None:
    leaf = world.holder(spki=spki)
    with pytest.raises(SignatureRefused) as refusal:
        world.login(world.message(leaf))
    assert refusal.value.code == f"signature.{code}"


def ec_spki(parameters: bytes, point: bytes) -> bytes:
    return seq(algorithm("1.2.840.10045.2.1", parameters), writer.bits(point))


@pytest.mark.parametrize(
    ("spki", "code"),
    [
        (ec_spki(writer.oid("1.2.840.10045.3.1.7"), b"\x04" + bytes(64)), "key_wrong"),  # off the curve
        (ec_spki(writer.oid("1.2.840.10045.3.1.7"), b"\x02" + bytes(32)), "key_wrong"),  # compressed
        (ec_spki(writer.oid("1.2.840.10045.3.1.7"), b"\0"), "key_wrong"),  # infinity
        (ec_spki(writer.oid("1.3.132.0.10"), b"\x04" + bytes(64)), "algorithm_refused"),  # secp256k1
        (ec_spki(seq(writer.integer(1)), b"\x04" + bytes(64)), "malformed"),  # a curve of one's own
        (ec_spki(NULL, b"\x04" + bytes(64)), "malformed"),
    ],
)
def test_ec_keys_outside_the_table_are_refused(world: World, spki: bytes, code: str) -> None:
    signer = world.holder(kind="p256", spki=spki)
    assert refused(world, world.message(signer)) == code


@pytest.mark.parametrize(
    ("modulus", "exponent"),
    [
        (1 << 2047, 65537),
        ((1 << 4096) + 1, 65537),  # too costly
        ((1 << 2047) + 1, 1),
        ((1 << 2047) + 1, 65536),
        ((1 << 2047) + 1, 1 << 40),
        (-(1 << 2047) - 1, 3),
    ],
)
def test_rsa_keys_of_wrong_numbers_are_refused(world: World, modulus: int, exponent: int) -> None:
    key = seq(writer.integer(modulus), writer.integer(exponent))
    signer = world.holder(kind="rsa", spki=seq(algorithm("1.2.840.113549.1.1.1", NULL), writer.bits(key)))
    assert refused(world, world.message(signer)) == "key_wrong"
