"""What must be true and made before any server's workers start, whichever server it is."""

import gc
import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from idp.cli import explain
from idp.kernel import metrics
from idp.kernel.clock import utc_now
from idp.kernel.logs import write_json_lines
from idp.kernel.refusal import Faulty
from idp.kernel.settings import Settings
from idp.wiring import prepare
from idp.wiring.fitness import obstacles, unfit, warnings
from idp.wiring.stores import held_on_this_host

logger = logging.getLogger(__name__)
_FILES = 65_536


@contextmanager
def prepared(settings: Settings) -> Iterator[None]:
    """Hold the stores for this machine, share the metrics, make schema and keys; refuse what mustn't be served."""
    if faults := unfit(settings):
        raise Faulty(faults, "settings.faulty")
    write_json_lines(settings.server.log_level)
    _open_many_files()
    with held_on_this_host(settings), metrics.shared(settings.server.metrics_folder):
        prepare(settings)
        if faults := obstacles(settings):
            raise Faulty(faults, "settings.faulty")
        for wrong in warnings(settings, utc_now):
            logger.warning("%s: %s", wrong.field, explain(wrong.code, wrong.params))
        _share_code()
        yield


def _share_code() -> None:
    """Import what workers run before they are forked, so that its memory is theirs together; what they build of it is
    their own. The collector leaves alone what is there by then: it would write to every page of it."""
    for name in ("idp.wsgi", "prometheus_client"):
        import_module(name)
    gc.collect()
    gc.freeze()


def _open_many_files() -> None:
    """Each connection is an open file, and a user's soft limit is often 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
