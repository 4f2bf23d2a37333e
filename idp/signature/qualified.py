"""What makes a sound certificate a qualified one (63-FZ article 11, FSB order 795), and fit for signing in (D-10)."""

from idp.kernel.refusal import Refused
from idp.signature.certificate import Certificate
from idp.signature.extensions import (
    DIGITAL_SIGNATURE,
    NON_REPUDIATION,
    extended_key_usage,
    key_usage,
    policies,
    require_issuer_tool,
    signing_tool,
)
from idp.signature.path import Path
from idp.signature.steps import Protocol
from idp.signature.trust import Accreditation

#: Classes of signing tools, KC1 to KA1; a certificate names its class and the lower ones.
TOOL_CLASSES = frozenset(f"1.2.643.100.113.{number}" for number in range(1, 7))
#: Usages that let a key sign in: clientAuth, emailProtection, anyExtendedKeyUsage.
_USAGES = frozenset({"1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4", "2.5.29.37.0"})
_RUSSIAN = "1.2.643."


def require(path: Path, accreditation: Accreditation, protocol: Protocol) -> None:
    """Refuse unless the path is a qualified one: families of keys, accreditation on the day of issue, profile."""
    holder = path.holder
    with protocol.step("qualified.family", holder.family):
        for certificate in path.certificates[:-1]:
            if certificate.family not in path.anchor.qualified:
                raise Refused("signature.family_not_qualified", family=certificate.family)
    with protocol.step("qualified.accreditation", str(path.centre.subject)):
        accreditation.require(path.centre, holder.not_before)
    with protocol.step("qualified.usage"):
        _require_usage(holder)
    with protocol.step("qualified.profile"):
        if not policies(holder.extensions) & TOOL_CLASSES:
            raise Refused("signature.not_qualified")
        if signing_tool(holder.extensions) is None:
            raise Refused("signature.signing_tool_missing")
        require_issuer_tool(holder.extensions)


def _require_usage(holder: Certificate) -> None:
    if not key_usage(holder.extensions) & {DIGITAL_SIGNATURE, NON_REPUDIATION}:
        raise Refused("signature.key_usage")
    # D-10: the extension need not stand; where it does, a purpose of a centre's own is as good as the usual ones.
    usages = extended_key_usage(holder.extensions)
    if usages is None or usages & _USAGES or any(usage.startswith(_RUSSIAN) for usage in usages):
        return
    raise Refused("signature.extended_key_usage")
