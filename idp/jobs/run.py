"""The loop of the jobs: each runs when its pause is over; a job that fails is logged and tried again."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """``every`` is the pause between two runs, in seconds."""

    name: str
    run: Callable[[], object]
    every: float


def run(jobs: Sequence[Job], stop: threading.Event) -> None:
    """Run the jobs until told to stop; the one whose time comes first is next."""
    due = dict.fromkeys(range(len(jobs)), 0.0)
    while not stop.is_set():
        number = min(due, key=lambda item: due[item])
        if stop.wait(max(0.0, due[number] - time.monotonic())):
            return
        try:
            jobs[number].run()
        except Exception:
            logger.exception("the job %s failed", jobs[number].name)
        due[number] = time.monotonic() + jobs[number].every
