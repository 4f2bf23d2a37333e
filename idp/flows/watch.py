"""What whoever is on call wants to see of the whole city now: what waits to be sent, how old keys and lists are."""

from dataclasses import dataclass
from datetime import datetime

from idp.kernel.clock import Clock
from idp.kernel.metrics import Present
from idp.keys.key_ring import KeyRing
from idp.keys.rotation import Phase
from idp.store.list_sources import ListSources
from idp.store.outbox import Outbox
from idp.store.revocation_lists import RevocationLists
from idp.store.trust_lists import TrustLists


@dataclass(frozen=True, slots=True)
class Watch:
    outbox: Outbox
    keys: KeyRing
    lists: RevocationLists
    sources: ListSources
    trust_lists: TrustLists
    now: Clock

    def __call__(self) -> list[Present]:
        at, waiting = self.now(), self.outbox.waiting()
        started = [life.key.starts_at for life in self.keys.lives() if life.phase is Phase.CURRENT]
        return [
            ("idp_outbox_waiting", "Messages and logout tokens that have not left yet.", waiting.number),
            (
                "idp_outbox_oldest_seconds",
                "Age of the oldest of them.",
                (at - waiting.since).total_seconds() if waiting.since else 0,
            ),
            (
                "idp_signing_key_age_seconds",
                "Age of the oldest key that signs.",
                max(((at - since).total_seconds() for since in started), default=0),
            ),
            *self._lists(at),
        ]

    def _lists(self, at: datetime) -> list[Present]:
        """What signatures are judged by: revocation lists that are held, and addresses that gave nothing good."""
        held, failing = self.lists.listed(), [source for source in self.sources.all() if source.code]
        centres_at = self.trust_lists.taken_at()
        return [
            ("idp_revocation_lists", "Revocation lists held.", len(held)),
            ("idp_revocation_lists_bytes", "Their size.", sum(item.size for item in held)),
            (
                "idp_revocation_list_oldest_seconds",
                "Age of the oldest of them.",
                max(((at - item.this_update).total_seconds() for item in held), default=0),
            ),
            (
                "idp_revocation_lists_overdue",
                "Lists whose next edition should be here.",
                sum(item.next_update <= at for item in held),
            ),
            (
                "idp_trust_list_age_seconds",
                "How long ago the list of centres was taken in; 0 without one.",
                (at - centres_at).total_seconds() if centres_at else 0,
            ),
            ("idp_list_sources_failing", "Addresses of lists whose last try failed.", len(failing)),
        ]
