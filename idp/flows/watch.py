"""What whoever is on call wants to see of the whole city now: what waits to be sent, how old the keys are."""

from dataclasses import dataclass

from idp.kernel.clock import Clock
from idp.kernel.metrics import Present
from idp.keys.key_ring import KeyRing
from idp.keys.rotation import Phase
from idp.store.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Watch:
    outbox: Outbox
    keys: KeyRing
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
        ]
