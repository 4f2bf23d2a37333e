"""``idp serve``: prepares what workers share, then runs a server and the jobs beside it until it is told to stop."""

import click

from idp.cli.serving.beside import Beside
from idp.cli.serving.prepared import prepared
from idp.kernel.settings import Settings


@click.command()
@click.option("--jobs/--no-jobs", default=True, help="Run the jobs (mail, SMS, logout retries, cleanup) beside it.")
@click.pass_obj
def serve(settings: Settings, jobs: bool) -> None:
    """Serve both doors; the schema and the keys are made first.

    Refused: what the demo city or the example made, plain http for others than this machine, embedded stores for
    several machines.
    """
    with prepared(settings):
        click.echo(f"idp: {settings.issuer} on {settings.server.listen}", err=True)
        from idp.cli.serving.gunicorn_server import Server

        Server(settings, Beside() if jobs else None).run()
