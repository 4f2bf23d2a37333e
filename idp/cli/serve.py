"""``idp serve``: prepares what workers share, then runs a server and the jobs beside it until it is told to stop."""

from importlib import import_module

import click

from idp.cli.serving.parent import be_the_parent
from idp.cli.serving.prepared import prepared
from idp.kernel.settings import Settings


@click.command()
@click.option("--jobs/--no-jobs", default=True, help="Run the jobs (mail, SMS, logout retries, cleanup) beside it.")
@click.option(
    "--server", type=click.Choice(["gunicorn", "granian"]), default="gunicorn", show_default=True, help="Which server."
)
@click.pass_obj
def serve(settings: Settings, jobs: bool, server: str) -> None:
    """Serve both doors; the schema and the keys are made first.

    Refused: what the demo city or the example made, plain http for others than this machine, embedded stores for
    several machines.
    """
    be_the_parent()
    with prepared(settings):
        click.echo(f"idp: {settings.issuer} on {settings.server.listen}", err=True)
        import_module(f"idp.cli.serving.{server}_server").serve(settings, jobs)
