"""The message: what a login's signature must look like, each rule with the code that names its breach."""

from collections.abc import Callable
from typing import Any

import pytest

from idp.signature import der
from idp.signature.holder import Expected
from idp.signature.libcrypto import find
from idp.signature.login import verify_login
from idp.signature.steps import SignatureRefused
from tests.signature import certificates, messages, writer
from tests.signature.messages import WantedMessage, attribute
from tests.signature.world import AT, CHALLENGE, LEAF, World
from tests.signature.writer import NULL, algorithm, octets, oid, seq, tlv

CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = (f"1.2.840.113549.1.9.{number}" for number in (3, 4, 5))
DATA, ESS = "1.2.840.113549.1.7.1", "1.2.840.113549.1.9.16.2.47"


def refused(world: World, message: bytes) -> str:
    with pytest.raises(SignatureRefused) as refusal:
        world.login(message)
    return refusal.value.code.removeprefix("signature.")


@pytest.mark.parametrize(
    "kind",
    [
        *("A", "B", "C", "XA", "XB", "TCA", "TCB", "TCC", "TCD", "512A", "512B", "512C"),
        *("rsa", "rsa3072", "rsa4096", "p256", "p384", "p521"),
    ],
)
def test_every_kind_of_key_signs_in(world: World, kind: str) -> None:
    signer = world.holder(kind=kind)
    message = world.message(signer)

    for points in (None, find()):
        holder = world.login(message, world.trust(points=points))
        assert holder.snils == "11223344595"
        assert {step.result for step in holder.steps} == {"passed"}


@pytest.mark.parametrize("kind", ["TCA", "XA", "512A", "512C", "rsa", "rsa4096", "p256", "p384", "p521"])
def test_messages_of_openssl_are_accepted_and_ours_by_openssl(world: World, kind: str, tmp_path: Any) -> None:
    signer = world.holder(kind=kind)
    files = {"signer": signer.der, "ca": world.centre.der, "root": world.root.der}
    for name, data in files.items():
        (tmp_path / f"{name}.cer").write_bytes(data)
        pem = world.keys.run("x509", "-inform", "DER", "-in", str(tmp_path / f"{name}.cer"))
        (tmp_path / f"{name}.pem").write_bytes(pem)
    (tmp_path / "content").write_bytes(CHALLENGE)
    (tmp_path / "ours.p7s").write_bytes(world.message(signer))
    arguments = ["-binary", "-cades", "-md", signer.key.function, "-in", str(tmp_path / "content")]
    theirs = world.keys.run(
        *("cms", "-sign", *arguments, "-signer", str(tmp_path / "signer.pem"), "-inkey", str(signer.key.pem)),
        *("-certfile", str(tmp_path / "ca.pem"), "-outform", "DER"),
    )

    assert world.login(theirs).certificate.octets == signer.der
    common = ["cms", "-verify", "-binary", "-cades", "-purpose", "any", "-attime", str(int(AT.timestamp()))]
    common += ["-inform", "DER", "-CAfile", str(tmp_path / "root.pem"), "-out", "/dev/null"]
    assert world.keys.verifies(*common, "-in", str(tmp_path / "ours.p7s"), "-content", str(tmp_path / "content"))
    (tmp_path / "content").write_bytes(CHALLENGE + b" ")
    assert not world.keys.verifies(*common, "-in", str(tmp_path / "ours.p7s"), "-content", str(tmp_path / "content"))


def ess(world: World, **changes: Any) -> bytes:
    """Encode signingCertificateV2 with one part replaced."""
    signer = world.person
    parts = {
        "algorithm": algorithm(signer.key.digest),
        "hash": octets(signer.key.hash(signer.der)),
        "issuer_serial": b"",
    } | changes
    return attribute(ESS, seq(seq(seq(parts["algorithm"], parts["hash"], parts["issuer_serial"]))))


def issuer_serial(issuer: bytes, serial: int) -> bytes:
    return seq(seq(tlv(0xA4, issuer)), writer.integer(serial))


#: What differs from a right message, and the code of the refusal.
FAULTS: dict[str, tuple[Callable[[World], WantedMessage], str]] = {
    "two signers": (lambda world: WantedMessage(signers=2), "several_signers"),
    "no signer": (lambda world: WantedMessage(signers=0), "no_signer"),
    "attached content": (lambda world: WantedMessage(attached=CHALLENGE), "content_attached"),
    "attached content of no length": (lambda world: WantedMessage(attached=b""), "content_attached"),
    "another content type": (lambda world: WantedMessage(data_type="1.2.840.113549.1.9.16.1.4"), "content_type"),
    "another content type in the attribute": (
        lambda world: WantedMessage(content_type=attribute(CONTENT_TYPE, oid("1.2.840.113549.1.7.5"))),
        "signed_content_type",
    ),
    "not signed data": (lambda world: WantedMessage(outer_type="1.2.840.113549.1.7.3"), "not_signed_data"),
    "no signed attributes": (lambda world: WantedMessage(attributes=False), "attributes_missing"),
    "no content type": (lambda world: WantedMessage(without=frozenset({"contentType"})), "signed_attribute_missing"),
    "no digest": (lambda world: WantedMessage(without=frozenset({"messageDigest"})), "signed_attribute_missing"),
    "no signing certificate": (
        lambda world: WantedMessage(without=frozenset({"signingCertificateV2"})),
        "not_cades",
    ),
    "an attribute twice": (
        lambda world: WantedMessage(extra=(attribute(CONTENT_TYPE, oid(DATA)),)),
        "signed_attribute_twice",
    ),
    "a foreign attribute twice": (
        lambda world: WantedMessage(extra=(attribute("1.2.3.4", NULL),) * 2),
        "signed_attribute_twice",
    ),
    "two values of the digest": (
        lambda world: WantedMessage(
            message_digest=attribute(MESSAGE_DIGEST, *[octets(world.person.key.hash(CHALLENGE))] * 2)
        ),
        "signed_attribute_values",
    ),
    "no value of the digest": (
        lambda world: WantedMessage(message_digest=attribute(MESSAGE_DIGEST)),
        "signed_attribute_values",
    ),
    "another challenge": (
        lambda world: WantedMessage(message_digest=attribute(MESSAGE_DIGEST, octets(world.person.key.hash(b"other")))),
        "other_content",
    ),
    "a digest cut short": (
        lambda world: WantedMessage(
            message_digest=attribute(MESSAGE_DIGEST, octets(world.person.key.hash(CHALLENGE)[:16]))
        ),
        "other_content",
    ),
    "a signing certificate with another hash": (
        lambda world: WantedMessage(signing_certificate=ess(world, hash=octets(bytes(32)))),
        "signer_certificate_differs",
    ),
    "a signing certificate of another issuer": (
        lambda world: WantedMessage(
            signing_certificate=ess(world, issuer_serial=issuer_serial(world.root.subject, world.person.serial))
        ),
        "signer_certificate_differs",
    ),
    "a signing certificate of another number": (
        lambda world: WantedMessage(
            signing_certificate=ess(world, issuer_serial=issuer_serial(world.centre.subject, 1))
        ),
        "signer_certificate_differs",
    ),
    "a signing certificate by SHA-1": (
        lambda world: WantedMessage(
            signing_certificate=ess(world, algorithm=algorithm(writer.SHA1), hash=octets(bytes(20)))
        ),
        "algorithm_refused",
    ),
    "a signing certificate without certificates": (
        lambda world: WantedMessage(signing_certificate=attribute(ESS, seq(seq()))),
        "malformed",
    ),
    "the holder's certificate missing": (
        lambda world: WantedMessage(certificates=(world.centre.der,)),
        "signer_certificate_missing",
    ),
    "no certificates": (lambda world: WantedMessage(certificates=()), "signer_certificate_missing"),
    "eleven certificates": (
        lambda world: WantedMessage(certificates=(world.person.der, *[world.centre.der] * 10)),
        "too_many_certificates",
    ),
    "a certificate that is none": (
        lambda world: WantedMessage(certificates=(world.person.der, tlv(0xA1))),
        "malformed",
    ),
    "SHA-1": (lambda world: WantedMessage(digest=algorithm(writer.SHA1)), "algorithm_refused"),
    "GOST R 34.11-94": (lambda world: WantedMessage(digest=algorithm("1.2.643.2.2.9")), "algorithm_refused"),
    "a digest of another length": (
        lambda world: WantedMessage(digest=algorithm(writer.STREEBOG_512)),
        "digest_mismatch",
    ),
    "a digest of another family": (lambda world: WantedMessage(digest=algorithm(writer.SHA256)), "digest_mismatch"),
    "a digest that is not announced": (
        lambda world: WantedMessage(digests=(algorithm(writer.SHA256),)),
        "digest_mismatch",
    ),
    "no digest announced": (lambda world: WantedMessage(digests=()), "digest_mismatch"),
    "an announced digest that is none": (lambda world: WantedMessage(digests=(NULL,)), "malformed"),
    "attributes sent in another order than signed": (
        lambda world: WantedMessage(order=-1, sign=lambda data: world.person.key.sign(reordered(data))),
        "wrong",
    ),
    "a signature of another family": (
        lambda world: WantedMessage(signing=algorithm("1.2.840.113549.1.1.11", NULL)),
        "algorithm_mismatch",
    ),
    "GOST R 34.10-2001": (lambda world: WantedMessage(signing=algorithm("1.2.643.2.2.3")), "algorithm_refused"),
    "Ed25519": (lambda world: WantedMessage(signing=algorithm("1.3.101.112")), "algorithm_refused"),
    "parameters where none belong": (
        lambda world: WantedMessage(signing=algorithm(writer.GOST_256, seq())),
        "malformed",
    ),
    "a signature over something else": (
        lambda world: WantedMessage(signature=world.person.key.sign(b"other")),
        "wrong",
    ),
    "halves of the signature exchanged": (
        lambda world: WantedMessage(sign=lambda data: (found := world.person.key.sign(data))[32:] + found[:32]),
        "wrong",
    ),
    "attributes signed under the wrong tag": (
        lambda world: WantedMessage(sign=lambda data: world.person.key.sign(b"\xa0" + data[1:])),
        "wrong",
    ),
    "a signature of zeros": (lambda world: WantedMessage(signature=bytes(64)), "value_malformed"),
    "a signature a byte short": (lambda world: WantedMessage(signature=bytes(63)), "value_malformed"),
    "an empty signature": (lambda world: WantedMessage(signature=b""), "value_malformed"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_message_with_a_fault_is_refused_for_it(world: World, case: str) -> None:
    wanted, code = FAULTS[case]
    assert refused(world, world.message(wanted=wanted(world))) == code


def reordered(signed: bytes) -> bytes:
    """Write the attributes in the order that DER wants, which is not how they will be sent."""
    return writer.set_of(*sorted(child.raw for child in der.read(signed).children))


#: What may differ from the simplest message.
VARIANTS: dict[str, Callable[[World], WantedMessage]] = {
    "the key's identifier for the signature": lambda world: WantedMessage(signing=algorithm("1.2.643.7.1.1.1.1")),
    "NULL parameters": lambda world: WantedMessage(
        signing=algorithm(writer.GOST_256, NULL), digest=algorithm(writer.STREEBOG_256, NULL)
    ),
    "attributes in another order than DER's": lambda world: WantedMessage(order=-1),
    "more digests announced": lambda world: WantedMessage(
        digests=(algorithm(writer.SHA256), algorithm(writer.STREEBOG_256))
    ),
    "a signing time": lambda world: WantedMessage(extra=(attribute(SIGNING_TIME, writer.moment(AT)),)),
    "unsigned attributes": lambda world: WantedMessage(unsigned=(attribute("1.2.840.113549.1.9.16.2.14", NULL),)),
    "issuer and number in the signing certificate": lambda world: WantedMessage(
        signing_certificate=ess(world, issuer_serial=issuer_serial(world.centre.subject, world.person.serial))
    ),
    "a signing certificate by SHA-256, unsaid": lambda world: WantedMessage(
        signing_certificate=ess(
            world, algorithm=b"", hash=octets(world.keys.run("dgst", "-sha256", "-binary", data=world.person.der))
        )
    ),
    "only the holder's certificate": lambda world: WantedMessage(certificates=(world.person.der,)),
    "the holder's certificate twice": lambda world: WantedMessage(certificates=(world.person.der, world.person.der)),
}


@pytest.mark.parametrize("case", VARIANTS)
def test_what_tools_in_the_field_do_differently_is_accepted(world: World, case: str) -> None:
    message = world.message(wanted=VARIANTS[case](world))
    assert world.login(message, world.trust(intermediates=(world.centre,))).surname == "Примеров"


def test_the_signer_may_be_named_by_key(world: World) -> None:
    identifier = bytes(range(20))
    signer = world.holder(extensions=(*LEAF, certificates.extension("2.5.29.14", octets(identifier))))

    message = world.message(signer, WantedMessage(signer_id=tlv(0x80, identifier)))
    assert world.login(message).certificate.octets == signer.der
    assert (
        refused(world, world.message(signer, WantedMessage(signer_id=tlv(0x80, b"other"))))
        == "signer_certificate_missing"
    )


def test_two_certificates_of_one_key_are_told_apart(world: World) -> None:
    """The signer signs which certificate is meant, so the other one, of the same key, cannot be put in its place."""
    twin = world.holder(serial=world.person.serial)
    message = messages.message(
        CHALLENGE,
        world.person,
        (),
        WantedMessage(certificates=(twin.der, world.centre.der)),
    )
    assert refused(world, message) == "signer_certificate_differs"


def test_a_replayed_message_does_not_sign_a_new_challenge(world: World) -> None:
    message = world.message()
    world.login(message)
    with pytest.raises(SignatureRefused) as refusal:
        verify_login(CHALLENGE.replace(b"0123", b"4567"), message, world.trust(), AT, Expected())
    assert refusal.value.code == "signature.other_content"
