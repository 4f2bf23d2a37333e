"""What signatures are judged by at the moment: the operator's roots, and the centres of the last good list.

Made once, and anew when a job has taken in another list; whether it has is asked every few seconds, not every time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from idp.kernel.refusal import Refused
from idp.signature.certificate import Certificate
from idp.signature.extensions import point_addresses
from idp.signature.trust import Trust, merged
from idp.signature.trust_list import TrustList
from idp.store.trust_lists import TrustLists

_LOOK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Known:
    taken_at: datetime | None
    trust: Trust
    listed: TrustList | None


class CurrentTrust:
    """``own`` is what the operator's settings say; ``lists`` are further addresses of revocation lists."""

    def __init__(self, own: Trust, trust_lists: TrustLists, lists: tuple[str, ...], clock: Callable[[], float]) -> None:
        self._own = own
        self._trust_lists = trust_lists
        self._lists = lists
        self._clock = clock
        self._known = _Known(None, own, None)
        self._looked: float | None = None

    def __call__(self) -> Trust:
        return self._current().trust

    def addresses(self) -> Iterator[tuple[str, tuple[Certificate, ...]]]:
        """Yield every address of revocation lists once, with the centres that may have signed what lies there."""
        known = self._current()
        anchors = tuple(anchor.certificate for anchor in known.trust.anchors)
        everybody = (*anchors, *known.trust.intermediates)
        found: dict[str, tuple[Certificate, ...]] = dict.fromkeys(self._lists, everybody)
        for centre in known.trust.intermediates:
            above = tuple(item for item in everybody if item.may_have_issued(centre))
            for address in point_addresses(centre.extensions):
                found[address] = (*found.get(address, ()), *above)
        for key in (key for centre in (known.listed.centres if known.listed else ()) for key in centre.keys):
            own = tuple(self._readable(key.certificates))
            for address in key.addresses:
                found[address] = (*found.get(address, ()), *own)
        for address, centres in found.items():
            yield address, tuple(dict.fromkeys(centres))

    def _current(self) -> _Known:
        if self._looked is None or self._clock() - self._looked >= _LOOK_SECONDS:
            self._looked = self._clock()
            taken_at = self._trust_lists.taken_at()
            if taken_at != self._known.taken_at:
                self._known = self._made(taken_at)
        return self._known

    def _made(self, taken_at: datetime | None) -> _Known:
        listed = self._trust_lists.last_good()
        if listed is None:
            return _Known(None, self._own, None)
        centres = tuple(dict.fromkeys(self._readable(listed.certificates())))
        periods = (*self._own.accreditation.periods.items(), *listed.accreditation().periods.items())
        trust = replace(self._own, intermediates=(*self._own.intermediates, *centres), accreditation=merged(periods))
        return _Known(taken_at, trust, listed)

    def _readable(self, certificates: tuple[bytes, ...]) -> Iterator[Certificate]:
        """Skip what isn't strict DER or of a family that we don't read: older centres are still listed."""
        for octets in certificates:
            try:
                yield self._own.checker.certificate(octets)
            except Refused:
                continue
