"""Metrics in the form that Prometheus reads, of all processes together, with labels from closed lists only.

Each process counts into files of its own in a shared folder (``PROMETHEUS_MULTIPROC_DIR``, set by what starts the
processes); a reading adds them up. Without the folder a process tells of itself alone. The library decides between the
two when it is imported, so that happens at the first count and not before.
"""

import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge, Histogram

logger = logging.getLogger(__name__)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_MEMORY = ("/dev/shm",)  # noqa: S108 -- a folder of a random name is made in it
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
#: A gauge of this moment: name, what it says, value.
Present = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class _Kept:
    requests: "Counter"
    spent: "Histogram"
    events: "Counter"
    runs: "Counter"
    last: "Gauge"


#: The first counts of a process come from several threads at once, and a metric can be registered only once.
_MAKING = threading.Lock()


def _kept() -> _Kept:
    with _MAKING:
        return _make()


@lru_cache(maxsize=1)
def _make() -> _Kept:
    from prometheus_client import Counter, Gauge, Histogram

    return _Kept(
        Counter("idp_requests", "Requests answered.", ("route", "method", "status")),
        Histogram("idp_request_seconds", "Time from a request's head to its answer.", ("route",), buckets=_SECONDS),
        Counter("idp_events", "Events written into the journal.", ("kind",)),
        # Not "job": Prometheus itself calls by that name what it reads from.
        Counter("idp_job_runs", "Runs of the jobs.", ("task", "outcome")),
        Gauge("idp_job_last_success_seconds", "When a job last succeeded.", ("task",), multiprocess_mode="max"),
    )


@lru_cache(maxsize=4096)
def _request(route: str, method: str, status: str) -> tuple[Callable[[], None], Callable[[float], None]]:
    return _kept().requests.labels(route, method, status).inc, _kept().spent.labels(route).observe


@lru_cache(maxsize=1024)
def _event(kind: str) -> Callable[[], None]:
    return _kept().events.labels(kind).inc


def known_method(method: str) -> str:
    """Return the method if it is one of the usual; anybody can make up others, and a label may not."""
    return method if method in _METHODS else "other"


def request_answered(route: str, method: str, status: str, seconds: float) -> None:
    """Count an answer; ``route`` is a row of a table of routes and ``method`` a known one, never what somebody sent."""
    try:
        count, observe = _request(route, method, status)
        count()
        observe(seconds)
    except OSError as error:
        _uncounted(error)


def event_recorded(kind: str) -> None:
    try:
        _event(kind)()
    except OSError as error:
        _uncounted(error)


def _uncounted(error: OSError) -> None:
    """A full disk takes no numbers: what was to be counted is done and answered all the same."""
    logger.warning("not counted: %s", error)


def job_ran(job: str, succeeded: bool) -> None:
    """Count a run that has just ended."""
    _kept().runs.labels(job, "succeeded" if succeeded else "failed").inc()
    if succeeded:
        _kept().last.labels(job).set_to_current_time()


@contextmanager
def shared(folder: str) -> Iterator[None]:
    """Lend the folder to the processes that are started meanwhile, emptied of what dead ones left; empty name: a
    temporary one."""
    # In memory where there is such a place: what is mapped from a disk that fills up kills who writes to it.
    place = next((name for name in _MEMORY if os.access(name, os.W_OK)), None)
    made = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="idp-metrics-", dir=place))
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True, mode=0o700)
    os.environ[_FOLDER], owner = str(made.resolve()), os.getpid()
    try:
        yield
    finally:
        if os.getpid() == owner:  # a forked worker leaves by this way too
            shutil.rmtree(made, ignore_errors=True)


def process_ended(pid: int) -> None:
    """Forget what only a living process can say of itself."""
    if os.environ.get(_FOLDER):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)  # type: ignore[no-untyped-call]


def reading(present: Iterable[Present] = ()) -> bytes:
    """Return everything as text, the gauges of this moment last."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.core import GaugeMetricFamily
    from prometheus_client.multiprocess import MultiProcessCollector
    from prometheus_client.registry import Collector

    class Moment(Collector):
        def collect(self) -> Iterable[GaugeMetricFamily]:
            return [GaugeMetricFamily(name, text, value=value) for name, text, value in present]

    kept, registry = _kept(), CollectorRegistry()
    if os.environ.get(_FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for metric in (kept.requests, kept.spent, kept.events, kept.runs, kept.last):
            registry.register(metric)
    registry.register(Moment())
    return generate_latest(registry)
