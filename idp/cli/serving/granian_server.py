"""Granian on the same callable: a server in Rust that spends a third of what gunicorn does on a request.

It gives a thread a request when its head has come, and the thread waits for the body: a proxy that passes whole
requests on must stand before it (``proxy_request_buffering on`` in nginx). The time of a head is bounded here.
"""

import os
import signal
import threading
import time
from functools import partial
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from idp.cli.serving.beside import Beside
from idp.cli.serving.parent import when_the_parent_is_gone
from idp.kernel.logs import as_dictionary
from idp.kernel.settings import Settings

_GRACE_SECONDS = 3


def make() -> Any:
    """Return a worker's callable; called in the worker, which ends with its parent even if that is killed."""
    when_the_parent_is_gone(partial(os.kill, os.getpid(), signal.SIGKILL))
    return import_module("idp.wsgi").create()


def serve(settings: Settings, jobs: bool) -> None:
    """Run it until it is told to stop, with the jobs beside it if they are wanted."""
    server, listen = settings.server, urlsplit(f"//{settings.server.listen}")
    granian = Granian(
        f"{__name__}:make",
        factory=True,
        address=listen.hostname or "127.0.0.1",
        port=listen.port or 8000,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=server.workers,
        blocking_threads=server.threads,
        backpressure=server.connections,
        http1_settings=HTTP1Settings(header_read_timeout=int(server.head_seconds * 1000), max_buffer_size=65_536),
        log_level=LogLevels.info if server.log_level == "DEBUG" else LogLevels.warning,
        log_dictconfig=as_dictionary(server.log_level, ("_granian", "granian.access")),
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=_GRACE_SECONDS,
    )
    if jobs:
        beside = Beside()
        threading.Thread(target=_look_after, args=(beside,), daemon=True).start()
        granian.on_shutdown(beside.end)
    granian.serve()


def _look_after(beside: Beside) -> None:
    while True:
        time.sleep(1)
        beside.look_after()
