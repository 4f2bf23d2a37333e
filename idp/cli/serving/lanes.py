"""Threads of their own in each worker for whoever asks how we are: they must hear it when all others are busy."""

from concurrent.futures import ThreadPoolExecutor

#: Beginnings of paths and their threads. The numbers ask the database, so they don't stand in the way of health.
_LANES = {"/health/": 2, "/metrics": 1}


class Lanes:
    def __init__(self) -> None:
        self._pools = {path: ThreadPoolExecutor(threads, path.strip("/")) for path, threads in _LANES.items()}

    def of(self, path: str) -> ThreadPoolExecutor | None:
        """Return the threads of a path that has some of its own."""
        return next((pool for beginning, pool in self._pools.items() if path.startswith(beginning)), None)
