"""What is fuzzed: each target takes any octets and fails if they do more than be read or refused, quickly.

Seeds are the samples of ``tests/signature/vectors``; nothing here needs openssl.
"""

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from idp.kernel.refusal import Refused
from idp.signature import der
from idp.signature.certificate import read_certificate
from idp.signature.checker import Checker
from idp.signature.cms import read_message
from idp.signature.crl import read_list
from idp.signature.holder import Expected
from idp.signature.login import verify_login
from idp.signature.ocsp import read_answer
from idp.signature.points import PythonPoints
from idp.signature.revocation import Evidence
from idp.signature.steps import SignatureRefused
from idp.signature.trust import ANY_FAMILY, Anchor, Trust, read_accredited
from idp.signature.trust_list import read_trust_list

SAMPLES = Path(__file__).parent.parent / "signature/vectors/samples"
_INDEX = json.loads((SAMPLES / "index.json").read_text())
AT = datetime.fromisoformat(_INDEX["verify_at"])
SECONDS = 1.0


def _trust() -> Trust:
    checker = Checker(PythonPoints(), limit=256)
    folders = ("good-gost256-director", "good-gost512-person", "good-rsa-person")
    lists = [read_list((SAMPLES / folder / name).read_bytes()) for folder in folders for name in ("ca.crl", "root.crl")]
    anchors = [checker.certificate((SAMPLES / path).read_bytes()) for path in _INDEX["trust_anchors"]]
    return Trust(
        anchors=tuple(Anchor(certificate, ANY_FAMILY) for certificate in anchors),
        intermediates=(),
        accreditation=read_accredited((SAMPLES / _INDEX["accredited"]).read_text()),
        revocations=Evidence(lists, (), checker),
        checker=checker,
    )


TRUST = _trust()
CHALLENGES = {folder.parent.name: folder.read_bytes() for folder in SAMPLES.glob("good-*/challenge.bin")}
SIGNERS = {folder.parent.name: folder.read_bytes() for folder in SAMPLES.glob("good-*/signer.cer")}


def reader(data: bytes) -> None:
    """What is read gives back its octets."""
    try:
        assert der.read(data).raw == data
    except Refused:
        return


def structures(data: bytes) -> None:
    """Certificates, messages, lists and answers are read or refused."""
    for read in (read_certificate, read_message, read_list, read_answer):
        try:
            read(data)
        except Refused:
            continue


def message(data: bytes) -> None:
    """Whatever is done to a message, it is refused or still says that the same person signed the same challenge."""
    for folder, challenge in CHALLENGES.items():
        try:
            holder = verify_login(challenge, data, TRUST, AT, Expected())
        except SignatureRefused as refusal:
            assert refusal.steps
            assert not any(step.name == "unforeseen" for step in refusal.steps), refusal.steps
        else:
            assert holder.certificate.octets == SIGNERS[folder]


def trust_list(data: bytes) -> None:
    """No octets are the ministry's list: nobody here has its key."""
    try:
        read_trust_list(data, "1027700900017", TRUST, AT, None)
    except Refused:
        return
    raise AssertionError("a list that nobody signed was read")


def seeds(*patterns: str) -> list[bytes]:
    return [path.read_bytes() for pattern in patterns for path in sorted(SAMPLES.glob(pattern))]


_XML = (
    "<АккредитованныеУдостоверяющиеЦентры><Версия>1</Версия><Дата>2026-01-01T00:00:00</Дата>"
    '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>'
    '<CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>'
    '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI=""><Transforms>'
    '<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms>'
    '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>AAAA</DigestValue></Reference>'
    "</SignedInfo><SignatureValue>AAAA</SignatureValue><KeyInfo><X509Data><X509Certificate>AAAA</X509Certificate>"
    "</X509Data></KeyInfo></Signature></АккредитованныеУдостоверяющиеЦентры>"
).encode()

#: Target and seeds by name.
TARGETS: dict[str, tuple[Callable[[bytes], None], list[bytes]]] = {
    "reader": (reader, seeds("*/signature.p7s", "*/signer.cer")),
    "structures": (structures, seeds("*/signature.p7s", "*/*.cer", "*/*.crl")),
    "message": (message, seeds("good-*/signature.p7s")),
    "trust_list": (trust_list, [_XML]),
}


def timed(target: Callable[[bytes], None], data: bytes) -> None:
    """Run a target; no input may cost a second."""
    start = time.process_time()
    target(data)
    assert time.process_time() - start < SECONDS
