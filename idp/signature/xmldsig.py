"""An enveloped XML signature over a whole document (XMLDSig; GOST names as in R 1323565.1.033-2020).

One shape is read: one Signature right under the root, one reference to the document, no transforms but "enveloped"
and canonical form. Whoever signs could otherwise choose what was signed.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from idp.kernel.refusal import Refused
from idp.signature.algorithms import DIGESTS, SHA256, STREEBOG_256, STREEBOG_512, Algorithm
from idp.signature.canonical import EXCLUSIVE, INCLUSIVE, Canonical, Element, Listener
from idp.signature.certificate import Certificate
from idp.signature.checker import Checker

Found = TypeVar("Found")
_DS = "http://www.w3.org/2000/09/xmldsig#"
_CP = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"
_ENVELOPED = _DS + "enveloped-signature"
_TRANSFORMS = "SignedInfo/Reference/Transforms"
MAX_CERTIFICATES = 10

_METHODS = {
    _CP + "gostr34102012-gostr34112012-256": ("1.2.643.7.1.1.3.2", STREEBOG_256),
    _CP + "gostr34102012-gostr34112012-512": ("1.2.643.7.1.1.3.3", STREEBOG_512),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": ("1.2.840.113549.1.1.11", SHA256),
}
_DIGEST_METHODS = {
    _CP + "gostr34112012-256": STREEBOG_256,
    _CP + "gostr34112012-512": STREEBOG_512,
    "http://www.w3.org/2001/04/xmlenc#sha256": SHA256,
}
#: The elements of a signature that are read, by their path below it, and how often each may stand.
_READ = {
    "SignedInfo": 1,
    "SignedInfo/CanonicalizationMethod": 1,
    "SignedInfo/SignatureMethod": 1,
    "SignedInfo/Reference": 1,
    "SignedInfo/Reference/Transforms": 1,
    "SignedInfo/Reference/Transforms/Transform": 2,
    "SignedInfo/Reference/DigestMethod": 1,
    "SignedInfo/Reference/DigestValue": 1,
    "SignatureValue": 1,
    "KeyInfo": 1,
    "KeyInfo/X509Data": 1,
    "KeyInfo/X509Data/X509Certificate": MAX_CERTIFICATES,
}


@dataclass(slots=True)
class _Part:
    attributes: dict[str, str]
    said: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reader(Listener):
    """Picks the signature out of the document while it is parsed."""

    signatures: int = 0
    parts: dict[str, list[_Part]] = field(default_factory=dict)
    _path: list[str] = field(default_factory=list)
    _inside: bool = False
    _part: _Part | None = None

    def start(self, element: Element) -> None:
        self._part = None
        if element.depth < 2 and any(key.startswith("xml:") for key in element.attributes):
            # Inclusive canonical form would hand these down to SignedInfo.
            raise Refused("signature.xml_signature", part="xml:")
        if (element.namespace, element.name) == (_DS, "Signature"):
            self.signatures += 1
            if element.depth != 1 or self.signatures > 1:
                raise Refused("signature.xml_signature", part="Signature")
            self._inside = True
        elif self._inside:
            self._path.append(element.name if element.namespace == _DS else "?")
            name = "/".join(self._path)
            if name not in _READ:
                if name.startswith("SignedInfo/"):
                    raise Refused("signature.xml_signature", part=name)
                return
            self._part = _Part(dict(element.attributes))
            found = self.parts.setdefault(name, [])
            found.append(self._part)
            if len(found) > _READ[name]:
                raise Refused("signature.xml_signature", part=name)

    def text(self, text: str) -> None:
        if self._part is not None:
            self._part.said.append(text)

    def end(self, depth: int) -> None:
        self._part = None
        if self._path:
            self._path.pop()
        elif depth == 1:
            self._inside = False

    def one(self, name: str) -> _Part:
        found = self.parts.get(name)
        if not found:
            raise Refused("signature.xml_signature", part=name)
        return found[0]

    def octets(self, part: _Part) -> bytes:
        try:
            return base64.b64decode("".join("".join(part.said).split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refused("signature.xml_signature", part="base64") from error


def verify(document: bytes, checker: Checker) -> tuple[Certificate, tuple[bytes, ...]]:
    """Return whose key signed the document, and the certificates that came with the signature.

    Whether that is somebody whose word counts is for the caller to find out.
    """
    reader = _Reader()
    Canonical(listener=reader, whole=False, choose=_nothing).run(document)
    if not reader.signatures:
        raise Refused("signature.xml_unsigned")
    given = [reader.octets(part) for part in reader.parts.get("KeyInfo/X509Data/X509Certificate", [])]
    if not given:
        raise Refused("signature.xml_signature", part="X509Certificate")
    signer = checker.certificate(given[0])
    _require_digest(reader, document)
    method = _algorithm(reader.one("SignedInfo/SignatureMethod"), _METHODS)
    form = _form(reader.one("SignedInfo/CanonicalizationMethod"))
    signed = Canonical(method=form, whole=False, choose=_signed_info).run(document)
    verifier = checker.verifier(signer.key, Algorithm(method[0], None), method[1])
    verifier.verify(signed, reader.octets(reader.one("SignatureValue")))
    return signer, tuple(given)


def _require_digest(reader: _Reader, document: bytes) -> None:
    """Refuse unless the reference is to the whole document and its digest is right."""
    reference = reader.one("SignedInfo/Reference")
    transforms = [part.attributes.get("Algorithm") for part in reader.parts.get(f"{_TRANSFORMS}/Transform", [])]
    if reference.attributes.get("URI") != "" or transforms[:1] != [_ENVELOPED]:
        raise Refused("signature.xml_signature", part="Reference")
    form = INCLUSIVE if len(transforms) == 1 else _form(reader.parts[f"{_TRANSFORMS}/Transform"][1])
    digest = _algorithm(reader.one("SignedInfo/Reference/DigestMethod"), _DIGEST_METHODS)
    found = DIGESTS[digest](Canonical(method=form, choose=_all_but_signature).run(document))
    if found != reader.octets(reader.one("SignedInfo/Reference/DigestValue")):
        raise Refused("signature.other_content")


def _form(part: _Part) -> str:
    form = part.attributes.get("Algorithm", "")
    if form not in (INCLUSIVE, EXCLUSIVE):
        raise Refused("signature.algorithm_refused", oid=form)
    return form


def _algorithm(part: _Part, table: Mapping[str, Found]) -> Found:
    name = part.attributes.get("Algorithm", "")
    if name not in table:
        raise Refused("signature.algorithm_refused", oid=name)
    return table[name]


def _nothing(above: bool, element: Element) -> bool:
    return False


def _all_but_signature(above: bool, element: Element) -> bool:
    return above and (element.depth, element.namespace, element.name) != (1, _DS, "Signature")


def _signed_info(above: bool, element: Element) -> bool:
    return above or (element.depth, element.namespace, element.name) == (2, _DS, "SignedInfo")
