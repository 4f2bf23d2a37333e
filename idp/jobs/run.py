"""The loop of the jobs: each has a thread of its own and runs when its pause is over; one that fails is tried again."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from idp.kernel.metrics import job_ran

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """``every`` is the pause between two runs, in seconds."""

    name: str
    run: Callable[[], object]
    every: float


def run(jobs: Sequence[Job], stop: threading.Event) -> None:
    """Run the jobs until told to stop; a slow one doesn't hold up the others. What is under way is finished."""
    threads = [threading.Thread(target=_repeat, args=(job, stop), name=job.name) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _repeat(job: Job, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            job.run()
        except Exception:
            logger.exception("the job %s failed", job.name)
            job_ran(job.name, succeeded=False)
        else:
            job_ran(job.name, succeeded=True)
        stop.wait(job.every)
