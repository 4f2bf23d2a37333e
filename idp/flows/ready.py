"""Whether this process can do its work now: each store answers, and there is a key to sign with.

The question is put by a thread of its own and waited for briefly, so that a store which hangs can't hold the answer up;
one answer serves a second, so that asking often costs nothing.
"""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow

_KEPT_SECONDS = 1.0
_PATIENCE_SECONDS = 0.5


class Ready:
    """``parts`` maps a part's name to a look at it that raises if the part is out of order."""

    def __init__(self, parts: Mapping[str, Callable[[], object]], clock: Callable[[], float] = time.monotonic) -> None:
        self._parts = parts
        self._clock = clock
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._asked: dict[str, tuple[float, Future[object]]] = {}

    def __call__(self) -> dict[str, str]:
        """Return each part with ``ok``, ``failed`` or ``slow``."""
        with self._lock:
            asked = {name: self._ask(name, look) for name, look in self._parts.items()}
        until = self._clock() + _PATIENCE_SECONDS
        return {name: _word(future, max(0.0, until - self._clock())) for name, future in asked.items()}

    def _ask(self, name: str, look: Callable[[], object]) -> "Future[object]":
        """Return the question under way or just answered; a part that hangs has one question waiting, never two."""
        kept = self._asked.get(name)
        if kept is not None and (not kept[1].done() or self._clock() - kept[0] < _KEPT_SECONDS):
            return kept[1]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(len(self._parts), thread_name_prefix="ready")
        future = self._pool.submit(look)
        self._asked[name] = (self._clock(), future)
        return future

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)


def _word(future: "Future[object]", seconds: float) -> str:
    try:
        future.result(seconds)
    except TooSlow:
        return "slow"
    except Exception:
        return "failed"
    return "ok"
