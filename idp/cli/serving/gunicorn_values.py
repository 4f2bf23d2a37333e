"""gunicorn's settings out of ours: for ``idp serve``, and for ``config/gunicorn.py`` where it is run by itself."""

from typing import Any

from idp.cli.serving.gunicorn_lines import JsonLines
from idp.cli.serving.worker import worker_for
from idp.kernel import metrics
from idp.kernel.settings import Settings


def values(settings: Settings) -> dict[str, Any]:
    """Return what gunicorn must be told; the rest stays as gunicorn has it."""
    server = settings.server
    return {
        "bind": [server.listen],
        "workers": server.workers,
        "threads": server.threads,
        "worker_class": worker_for(
            server.head_seconds,
            server.body_seconds,
            # Each door has a limit of its own, and says itself what is too large.
            max(server.max_body_bytes, settings.limits.machine_body_bytes),
        ),
        "worker_connections": server.connections,
        # Of a worker that is told to end: what it has begun it finishes.
        "graceful_timeout": 3,
        # Of a worker whose loop no longer turns.
        "timeout": 60,
        # Longer than a proxy keeps an unused connection, so that it is the proxy that lets go.
        "keepalive": 15,
        # A socket under somebody's home by which gunicorn could be told what to do.
        "control_socket_disable": True,
        "proc_name": "idp",
        "logger_class": JsonLines,
        "loglevel": "info" if server.log_level == "DEBUG" else "warning",
        "limit_request_line": 8190,
        "child_exit": _child_exit,
    }


def _child_exit(_arbiter: Any, worker: Any) -> None:
    metrics.process_ended(worker.pid)
