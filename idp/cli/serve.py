"""``idp serve``: prepares what workers share, then runs gunicorn and the jobs beside it until it is told to stop."""

import os
import signal
import subprocess
import sys
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.util import import_app

from idp.kernel import metrics
from idp.kernel.logs import write_json_lines
from idp.kernel.settings import Settings
from idp.wiring import prepare


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn in this process."""

    def __init__(self, settings: Settings, jobs: subprocess.Popen[bytes] | None) -> None:
        self.settings = settings
        self.jobs = jobs
        super().__init__()

    def load_config(self) -> None:
        server = self.settings.server
        values: dict[str, Any] = {
            "bind": [server.listen],
            "workers": server.workers,
            "threads": server.threads,
            "worker_class": "gthread",
            "graceful_timeout": 3,
            "timeout": 60,
            "keepalive": 15,
            "control_socket_disable": True,
            "proc_name": "idp",
            "loglevel": "warning",
            "limit_request_line": 8190,
            "on_exit": lambda _arbiter: self.end_jobs(),
            "child_exit": lambda _arbiter, worker: metrics.process_ended(worker.pid),
        }
        for name, value in values.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Each worker imports and builds after the fork; the callable finds the settings as this command did."""
        return import_app("idp.wsgi:create()")

    def end_jobs(self) -> None:
        if self.jobs is not None and self.jobs.poll() is None:
            self.jobs.send_signal(signal.SIGTERM)
            try:
                self.jobs.wait(3)
            except subprocess.TimeoutExpired:
                self.jobs.kill()


@click.command()
@click.option("--jobs/--no-jobs", default=True, help="Run the jobs (mail, SMS, logout retries, cleanup) beside it.")
@click.pass_obj
def serve(settings: Settings, jobs: bool) -> None:
    """Serve both doors; the schema and the keys are made first."""
    write_json_lines(settings.server.log_level)
    with metrics.shared(settings.server.metrics_folder):
        prepare(settings)
        beside = subprocess.Popen([sys.executable, "-m", "idp.cli", "jobs"], env=dict(os.environ)) if jobs else None
        click.echo(f"idp: {settings.issuer} on {settings.server.listen}", err=True)
        Server(settings, beside).run()
