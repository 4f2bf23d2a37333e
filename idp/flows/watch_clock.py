"""Tell whoever is on call that the clock jumped: lifetimes, limits and the journal's order all rest on it."""

import logging
import time
from collections.abc import Callable

from idp.kernel.clock import Clock
from idp.store.journal import Journal

logger = logging.getLogger(__name__)
#: What a time server corrects step by step stays below this.
_TOLERATED_SECONDS = 5.0


class WatchClock:
    """Compares the clock with one that only runs on, and at the first look with the newest line of the journal."""

    def __init__(self, journal: Journal, now: Clock, runs_on: Callable[[], float] = time.monotonic) -> None:
        self._journal = journal
        self._now = now
        self._runs_on = runs_on
        self._apart: float | None = None

    def __call__(self) -> None:
        at = self._now()
        apart = at.timestamp() - self._runs_on()
        if self._apart is None:
            newest = self._journal.newest()
            if newest is not None and (newest - at).total_seconds() > _TOLERATED_SECONDS:
                logger.error("the clock is behind the journal by %.0f seconds", (newest - at).total_seconds())
        elif abs(apart - self._apart) > _TOLERATED_SECONDS:
            logger.error("the clock jumped by %+.0f seconds; look at the time server", apart - self._apart)
        self._apart = apart
