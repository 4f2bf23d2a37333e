"""The schemes of RSA and ECDSA: PSS and PKCS #1 as the table has them, everything else refused."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from idp.signature import der
from idp.signature.steps import SignatureRefused
from tests.signature import writer
from tests.signature.messages import WantedMessage
from tests.signature.world import CHALLENGE, World
from tests.signature.writer import NULL, algorithm, seq, tlv


def refused(world: World, message: bytes) -> str:
    with pytest.raises(SignatureRefused) as refusal:
        world.login(message)
    return refusal.value.code.removeprefix("signature.")


@pytest.mark.parametrize("salt", [32, 20, 64])
def test_pss_with_sha2_is_accepted(world: World, salt: int) -> None:
    signer = world.holder(kind="rsa")
    wanted = WantedMessage(signing=pss(writer.SHA256, salt), sign=lambda data: sign_pss(world, data, salt))
    assert world.login(world.message(signer, wanted)).surname == "Примеров"


def pss(digest: str, salt: int, mask: str = "") -> bytes:
    return algorithm(
        "1.2.840.113549.1.1.10",
        seq(
            tlv(0xA0, algorithm(digest, NULL)),
            tlv(0xA1, algorithm("1.2.840.113549.1.1.8", algorithm(mask or digest, NULL))),
            tlv(0xA2, writer.integer(salt)),
        ),
    )


def sign_pss(world: World, data: bytes, salt: int) -> bytes:
    options = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", f"rsa_pss_saltlen:{salt}", "-sigopt", "rsa_mgf1_md:sha256")
    return world.keys.run("dgst", "-sha256", "-sign", str(world.keys("rsa", 1).pem), *options, "-binary", data=data)


@pytest.mark.parametrize(
    ("signing", "code"),
    [
        (algorithm("1.2.840.113549.1.1.10", seq()), "algorithm_refused"),  # the defaults are SHA-1
        (algorithm("1.2.840.113549.1.1.10"), "malformed"),
        (pss(writer.SHA1, 20), "algorithm_refused"),
        (pss(writer.SHA256, 32, writer.SHA512), "algorithm_refused"),
        (pss(writer.SHA512, 32), "digest_mismatch"),
        (pss(writer.SHA256, 1000), "malformed"),
        (pss(writer.SHA256, 31), "wrong"),
        (algorithm("1.2.840.113549.1.1.5", NULL), "algorithm_refused"),  # sha1WithRSAEncryption
        (algorithm("1.2.840.113549.1.1.12", NULL), "digest_mismatch"),
    ],
)
def test_other_rsa_schemes_are_refused(world: World, signing: bytes, code: str) -> None:
    signer = world.holder(kind="rsa")
    wanted = WantedMessage(signing=signing, sign=lambda data: sign_pss(world, data, 32))
    assert refused(world, world.message(signer, wanted)) == code


def test_messages_of_openssl_with_pss_are_accepted(world: World, tmp_path: Path) -> None:
    """With a key for RSA in general, and with one for PSS alone."""
    (tmp_path / "content").write_bytes(CHALLENGE)
    for kind in ("rsa", "pss"):
        signer = world.holder(kind=kind)
        (tmp_path / "signer.cer").write_bytes(signer.der)
        (tmp_path / "signer.pem").write_bytes(
            world.keys.run("x509", "-inform", "DER", "-in", str(tmp_path / "signer.cer"))
        )
        theirs = world.keys.run(
            *("cms", "-sign", "-binary", "-cades", "-md", "sha256", "-in", str(tmp_path / "content")),
            *("-signer", str(tmp_path / "signer.pem"), "-inkey", str(signer.key.pem), "-outform", "DER"),
            *("-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:32"),
        )
        trust = world.trust(intermediates=(world.centre,))
        assert world.login(theirs, trust).certificate.octets == signer.der


def test_a_key_for_pss_signs_by_nothing_else(world: World) -> None:
    signer = world.holder(kind="pss")
    assert refused(world, world.message(signer, WantedMessage(signature=bytes(256)))) == "algorithm_mismatch"


@pytest.mark.parametrize(
    ("digest", "salt", "code"),
    [(writer.SHA256, 20, None), (writer.SHA256, 48, "algorithm_mismatch"), (writer.SHA512, 32, "algorithm_mismatch")],
)
def test_a_key_for_pss_may_say_which(world: World, digest: str, salt: int, code: str | None) -> None:
    key = seq(pss(digest, salt), writer.bits(der.read(world.keys("rsa", 1).spki).children[1].content[1:]))
    signer = world.holder(kind="rsa", spki=key)
    message = world.message(
        signer, WantedMessage(signing=pss(writer.SHA256, 32), sign=lambda data: sign_pss(world, data, 32))
    )
    if code is None:
        assert world.login(message).surname == "Примеров"
    else:
        assert refused(world, message) == code


def test_rsa_may_be_named_by_the_key(world: World) -> None:
    signer = world.holder(kind="rsa")
    wanted = WantedMessage(signing=algorithm("1.2.840.113549.1.1.1", NULL))
    assert world.login(world.message(signer, wanted)).surname == "Примеров"


def test_ecdsa_signatures_are_strict_der(world: World) -> None:
    signer = world.holder(kind="p256")

    def padded(data: bytes) -> bytes:
        found = signer.key.sign(data)
        return found + b"\0"

    assert refused(world, world.message(signer, WantedMessage(sign=padded))) == "trailing_bytes"


@pytest.mark.parametrize(
    ("kind", "curve"), [("p256", ec.SECP256R1()), ("p384", ec.SECP384R1()), ("p521", ec.SECP521R1())]
)
def test_halves_of_an_ecdsa_signature_lie_between_zero_and_the_order(
    world: World, kind: str, curve: ec.EllipticCurve
) -> None:
    signer, order = world.holder(kind=kind), curve.group_order
    for r, s in ((0, 5), (5, 0), (-5, 5), (order, 5), (5, order), (5, order + 5)):
        signature = seq(writer.integer(r), writer.integer(s))
        assert refused(world, world.message(signer, WantedMessage(signature=signature))) == "value_malformed"
