"""``idp check``: everything that is wrong at once, each with its fix; exit code 1 if anything is."""

import os

import click

from idp.cli import explain
from idp.kernel.clock import utc_now
from idp.kernel.refusal import Fault
from idp.kernel.settings import Settings, read
from idp.wiring.checks import CHECKS


@click.command()
@click.option("--offline", is_flag=True, help="Ask no other machine: neither mail nor gateway nor our own address.")
@click.pass_context
def check(context: click.Context, offline: bool) -> None:
    """Look at settings, files, stores, clock, mail, SMS and our own address, and tell all that is wrong.

    Nothing is changed. Run it before the start, after every change, and when something is odd.
    """
    path = (context.parent or context).params.get("config")
    settings, faults = read(path, os.environ)
    told = {fault.field.partition(".")[0] for fault in faults}
    for looked_at in CHECKS:
        # What is wrong in a section says nothing true about what the section is for.
        if told.isdisjoint(looked_at.sections) and not (offline and looked_at.asks_others):
            faults.extend(looked_at.look(settings, path, utc_now))
    _tell(settings, faults)
    context.exit(1 if faults else 0)


def _tell(settings: Settings, faults: list[Fault]) -> None:
    for fault in faults:
        click.echo(f"{fault.field}: {explain(fault.code, fault.params)}", err=True)
    word = f"{len(faults)} to mend" if faults else "all is well"
    click.echo(f"{settings.issuer}: {word}", err=bool(faults))
