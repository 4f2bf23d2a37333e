"""The path from a holder's certificate to an anchor (RFC 5280 chapter 6), for all families of keys mixed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from idp.kernel.refusal import Refused
from idp.signature import extensions as ext
from idp.signature.certificate import Certificate
from idp.signature.extensions import authority, key_usage, private_key_period, require_known
from idp.signature.revocation import State
from idp.signature.steps import Protocol
from idp.signature.trust import Anchor, Trust, Unknown

#: The longest path, holder and anchor included, and how many paths are tried: names alone may allow a great many.
MAX_LENGTH, MAX_PATHS, MAX_TRIES = 6, 8, 64

#: Extensions that are processed here, in ``qualified`` or, for key identifiers, while building.
KNOWN = frozenset(
    {
        ext.BASIC_CONSTRAINTS,
        ext.KEY_USAGE,
        ext.EXTENDED_KEY_USAGE,
        ext.POLICIES,
        ext.PRIVATE_KEY_PERIOD,
        ext.SUBJECT_KEY_ID,
        ext.AUTHORITY_KEY_ID,
        ext.DISTRIBUTION_POINTS,
        ext.SUBJECT_TOOL,
        ext.ISSUER_TOOL,
        ext.IDENTIFICATION,
    }
)


@dataclass(frozen=True, slots=True)
class Path:
    """A path that holds: the holder's certificate, the centres that follow, the anchor last."""

    certificates: tuple[Certificate, ...]
    anchor: Anchor

    @property
    def holder(self) -> Certificate:
        return self.certificates[0]

    @property
    def centre(self) -> Certificate:
        """The centre that issued the holder's certificate."""
        return self.certificates[1]


def validate(leaf: Certificate, given: Sequence[bytes], trust: Trust, at: datetime, protocol: Protocol) -> Path:
    """Return a path that holds at the moment, or refuse with what the one lacks that held furthest."""
    pool = [*trust.intermediates, *_read(given, trust, protocol)]
    best: tuple[int, Refused] | None = None
    tries = iter(range(MAX_TRIES))
    for count, path in enumerate(_build((leaf,), pool, trust.anchors, tries)):
        if count == MAX_PATHS:
            break
        before = len(protocol.taken)
        try:
            _check(path, trust, at, protocol)
        except Refused as refusal:
            # Of two centres with one name the wrong one fails early, and its fault would mislead whoever reads it.
            left = len(path.certificates) * 2 - (len(protocol.taken) - before)
            if best is None or left < best[0]:
                best = left, refusal
        else:
            return path
    if best is not None:
        raise best[1]
    with protocol.step("path.built", str(leaf.issuer)):
        raise Refused("signature.untrusted", centre=str(leaf.issuer))


def _read(given: Sequence[bytes], trust: Trust, protocol: Protocol) -> Iterator[Certificate]:
    """Read what came with the message; what cannot be read is of no use for a path, and does no harm either."""
    for octets in given:
        try:
            yield trust.checker.certificate(octets)
        except Refused as refusal:
            protocol.note("path.given", refusal.code)


def _build(
    chain: tuple[Certificate, ...], pool: Sequence[Certificate], anchors: Iterable[Anchor], tries: Iterator[int]
) -> Iterator[Path]:
    """Yield the paths that names and key identifiers allow; each centre that is tried takes one of the tries."""
    last = chain[-1]
    for anchor in anchors:
        if anchor.certificate not in chain and anchor.certificate.may_have_issued(last):
            yield Path((*chain, anchor.certificate), anchor)
    if len(chain) >= MAX_LENGTH - 1:
        return
    seen: set[Certificate] = set(chain)
    for centre in pool:
        if centre not in seen and centre.may_have_issued(last):
            seen.add(centre)
            if next(tries, None) is None:
                return
            yield from _build((*chain, centre), pool, anchors, tries)


def _check(path: Path, trust: Trust, at: datetime, protocol: Protocol) -> None:
    """Walk down from the anchor: each centre may certify, has certified the next, and is itself sound and current."""
    chain = path.certificates
    with protocol.step("path.built", " ← ".join(str(item.subject) for item in chain)):
        pass
    for index in range(len(chain) - 1, 0, -1):
        centre, child = chain[index], chain[index - 1]
        name = str(centre.subject)
        with protocol.step("path.centre", name):
            require_known(centre.extensions, KNOWN)
            _require_authority(centre, chain[1:index])
            _require_current(centre, at, "signature.centre_expired", "signature.centre_not_yet_valid")
            _require_key_period(centre, child.not_before, "signature.centre_key_period")
        with protocol.step("path.signature", str(child.subject)):
            try:
                trust.checker.issued(child, centre)
            except Refused as refusal:
                raise Refused("signature.certificate_forged", reason=refusal.code) from refusal
    leaf = path.holder
    with protocol.step("path.holder", str(leaf.subject)):
        require_known(leaf.extensions, KNOWN)
        if authority(leaf.extensions)[0]:
            raise Refused("signature.holder_is_centre")
        _require_current(leaf, at, "signature.certificate_expired", "signature.certificate_not_yet_valid")
        _require_key_period(leaf, at, "signature.key_period")


def _require_authority(centre: Certificate, below: Sequence[Certificate]) -> None:
    is_centre, limit = authority(centre.extensions)
    if not is_centre:
        raise Refused("signature.not_a_centre", centre=str(centre.subject))
    if ext.CERT_SIGN not in key_usage(centre.extensions):
        raise Refused("signature.centre_may_not_certify", centre=str(centre.subject))
    # RFC 5280 4.2.1.9: the centres that follow count, except those that merely renew their own name.
    following = sum(1 for item in below if item.subject.raw != item.issuer.raw)
    if limit is not None and following > limit:
        raise Refused("signature.path_too_long", centre=str(centre.subject), limit=limit)


def _require_current(certificate: Certificate, at: datetime, expired: str, early: str) -> None:
    if at < certificate.not_before:
        raise Refused(early, since=certificate.not_before)
    if at > certificate.not_after:
        raise Refused(expired, until=certificate.not_after)


def _require_key_period(certificate: Certificate, at: datetime, code: str) -> None:
    """The key signs in its own period, which is often shorter than the certificate's."""
    period = private_key_period(certificate.extensions)
    if (period.start is not None and at < period.start) or (period.end is not None and at > period.end):
        raise Refused(code, since=period.start, until=period.end)


def require_not_revoked(path: Path, trust: Trust, at: datetime, protocol: Protocol) -> None:
    """Ask about every certificate below the anchor, the nearest to the anchor first."""
    chain = path.certificates
    for index in range(len(chain) - 2, -1, -1):
        certificate = chain[index]
        standing = trust.revocations.standing(certificate, chain[index + 1], at)
        if standing.state is State.UNKNOWN and trust.unknown is Unknown.ALLOW:
            protocol.note("revocation", standing.cause, str(certificate.subject))
            continue
        with protocol.step("revocation", str(certificate.subject)):
            if standing.entry is not None:
                code = "signature.centre_revoked" if index else "signature.revoked"
                raise Refused(code, since=standing.entry.since, reason=standing.entry.reason)
            if standing.state is not State.GOOD:
                raise Refused(standing.cause, subject=str(certificate.subject))
