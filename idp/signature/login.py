"""The doors of the package: a signed challenge, or a certificate shown in TLS, in; a verified holder out.

Whatever arrives, the answer is a holder or a ``SignatureRefused`` with a code and the protocol of every step.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from idp.kernel.refusal import Refused
from idp.signature import cms, path, qualified
from idp.signature import holder as holders
from idp.signature.certificate import Certificate
from idp.signature.cms import MAX_CERTIFICATES
from idp.signature.holder import Expected, Holder
from idp.signature.steps import Protocol, SignatureRefused
from idp.signature.trust import Trust


def verify_login(challenge: bytes, message: bytes, trust: Trust, at: datetime, expected: Expected) -> Holder:
    """Return who signed this challenge with a qualified certificate that is good at the moment."""

    def verify(protocol: Protocol) -> Holder:
        with protocol.step("message.read"):
            signed = cms.read_message(message)
        signer = cms.verify(signed, challenge, trust.checker, protocol)
        return _holder(signer, signed.certificates, trust, at, expected, protocol)

    return _answered(verify)


def verify_certificate(chain: Sequence[bytes], trust: Trust, at: datetime, expected: Expected) -> Holder:
    """Return who holds the first certificate of a chain; that the key is theirs, TLS has proved."""

    def verify(protocol: Protocol) -> Holder:
        with protocol.step("chain.read"):
            if not chain:
                raise Refused("signature.signer_certificate_missing")
            if len(chain) > MAX_CERTIFICATES:
                raise Refused("signature.too_many_certificates", count=len(chain), limit=MAX_CERTIFICATES)
            leaf = trust.checker.certificate(chain[0])
        return _holder(leaf, chain, trust, at, expected, protocol)

    return _answered(verify)


def _holder(
    leaf: Certificate, given: Sequence[bytes], trust: Trust, at: datetime, expected: Expected, protocol: Protocol
) -> Holder:
    found = path.validate(leaf, given, trust, at, protocol)
    path.require_not_revoked(found, trust, at, protocol)
    qualified.require(found, trust.accreditation, protocol)
    with protocol.step("holder.read"):
        holder = holders.read(leaf)
    with protocol.step("holder.agreement"):
        holders.require_agreement(holder, expected)
    return holder


def _answered(verify: Callable[[Protocol], Holder]) -> Holder:
    """Add the protocol to the answer; turn what nobody foresaw into a refusal."""
    protocol = Protocol()
    try:
        return replace(verify(protocol), steps=tuple(protocol.taken))
    except Refused as refusal:
        raise SignatureRefused(refusal.code, tuple(protocol.taken), **refusal.params) from refusal
    except Exception as error:
        protocol.note("unforeseen", "signature.malformed", type(error).__name__)
        raise SignatureRefused("signature.malformed", tuple(protocol.taken), where="") from error
