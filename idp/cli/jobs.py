"""``idp jobs``: what runs beside the server; ``idp serve`` starts it by itself."""

import signal
import threading

import click

from idp import __version__
from idp.cli.serving.parent import when_the_parent_is_gone
from idp.jobs.run import Job, run
from idp.kernel import tracing
from idp.kernel.logs import write_json_lines
from idp.kernel.settings import Settings
from idp.wiring import build
from idp.wiring.jobs import jobs as wire


@click.command()
@click.pass_obj
def jobs(settings: Settings) -> None:
    """Send letters, texts and logout tokens; clean up. Ends on SIGTERM, and with the process that started it."""
    write_json_lines(settings.server.log_level)
    tracing.start(settings.tracing.endpoint, settings.tracing.share, __version__)
    flows, stop = build(settings), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    when_the_parent_is_gone(stop.set)
    listed: list[Job] = wire(flows)
    try:
        run(listed, stop)
    finally:
        flows.close()
        tracing.stop()
