"""The schemes of RSA and ECDSA: PSS and PKCS #1 as the table has them, everything else refused."""

import pytest

from idp.signature.steps import SignatureRefused
from tests.signature import writer
from tests.signature.messages import WantedMessage
from tests.signature.world import World
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
        (pss(writer.SHA512, 32), "algorithm_mismatch"),
        (pss(writer.SHA256, 1000), "malformed"),
        (pss(writer.SHA256, 31), "wrong"),
        (algorithm("1.2.840.113549.1.1.5", NULL), "algorithm_refused"),  # sha1WithRSAEncryption
        (algorithm("1.2.840.113549.1.1.12", NULL), "algorithm_mismatch"),
    ],
)
def test_other_rsa_schemes_are_refused(world: World, signing: bytes, code: str) -> None:
    signer = world.holder(kind="rsa")
    wanted = WantedMessage(signing=signing, sign=lambda data: sign_pss(world, data, 32))
    assert refused(world, world.message(signer, wanted)) == code


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
    zero = seq(writer.integer(0), writer.integer(5))
    assert refused(world, world.message(signer, WantedMessage(signature=zero))) == "value_malformed"
