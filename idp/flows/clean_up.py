"""Remove what has expired, answers kept for repeats too, and the traces of what was erased."""

from dataclasses import dataclass
from datetime import timedelta

from idp.kernel.clock import Clock
from idp.store.database import Database
from idp.store.outbox import Outbox
from idp.store.registrations import Registrations
from idp.store.repeats import Repeats
from idp.store.short_lived import ShortLived
from idp.store.step_ups import StepUps

_KEEP_SENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CleanUp:
    registrations: Registrations
    short_lived: ShortLived
    outbox: Outbox
    repeats: Repeats
    step_ups: StepUps
    database: Database
    now: Clock

    def __call__(self) -> None:
        self.registrations.sweep(self.now())
        self.short_lived.sweep()
        self.outbox.sweep(_KEEP_SENT)
        self.repeats.sweep(self.now())
        self.step_ups.sweep(self.now())
        self.database.write_back()
