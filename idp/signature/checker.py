"""Checks signatures with the arithmetic it was given, and remembers what it found sound: that never changes.

What depends on the moment (validity, revocation, accreditation) is never remembered here. Refusals aren't either.
"""

import hashlib
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final

from idp.signature.algorithms import DIGESTS, Algorithm, Verifier, resolve
from idp.signature.certificate import Certificate, read_certificate
from idp.signature.der import Node
from idp.signature.points import Points

_REMEMBERED_SIZE = 4_096


class Checker:
    """One for a process. The oldest memories go when there are more than ``limit``."""

    def __init__(self, points: Points, limit: int = 1_024) -> None:
        self.points: Final = points
        self._limit = limit
        self._known: dict[Hashable, Any] = {}
        self._lock = Lock()

    def certificate(self, octets: bytes) -> Certificate:
        """Return the certificate that the octets hold. Large ones are read each time: memories stay small."""
        if len(octets) > _REMEMBERED_SIZE:
            return read_certificate(octets)
        key = ("certificate", hashlib.sha256(octets).digest())
        found: Certificate = self._remembered(key, lambda: read_certificate(octets))
        return found

    def digest(self, name: str, certificate: Certificate) -> bytes:
        """Return a certificate's digest by the function of that identifier."""
        found: bytes = self._remembered(
            ("digest", name, certificate.fingerprint), lambda: DIGESTS[name](certificate.octets)
        )
        return found

    def issued(self, child: Certificate, issuer: Certificate) -> None:
        """Refuse unless the issuer's key signed the child."""
        self.sound(child.fingerprint, issuer, child.algorithm, child.signed, child.signature)

    def sound(self, name: str, signer: Certificate, algorithm: Algorithm, signed: bytes, signature: bytes) -> None:
        """Refuse unless the signer's key signed these octets; ``name`` is the SHA-256 of the whole object."""

        def check() -> bool:
            self.verifier(signer.key, algorithm, None).verify(signed, signature)
            return True

        self._remembered(("sound", name, signer.fingerprint), check)

    def verifier(self, key: Node, algorithm: Algorithm, digest: str | None) -> Verifier:
        """Return the verifier of a key; keys are taken apart once."""
        parameters = None if algorithm.parameters is None else algorithm.parameters.raw
        found: Verifier = self._remembered(
            ("key", key.raw, algorithm.oid, parameters, digest), lambda: resolve(key, algorithm, digest, self.points)
        )
        return found

    def _remembered(self, key: Hashable, make: Callable[[], Any]) -> Any:
        found = self._known.get(key)
        if found is None:
            found = make()
            with self._lock:
                if len(self._known) >= self._limit:
                    del self._known[next(iter(self._known))]
                self._known[key] = found
        return found
