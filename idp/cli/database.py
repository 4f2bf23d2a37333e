"""``idp database``: the schema's version, bringing it up to date, and moving everything to another database."""

import click

from idp.kernel.settings import Settings
from idp.store.migrate import head, migrate, revision_of
from idp.store.move import Moved, move
from idp.store.snapshot import unseal
from idp.wiring import stores


@click.group()
def database() -> None:
    """The durable store named by [database] url."""


@database.command("version")
@click.pass_obj
def version(settings: Settings) -> None:
    """Print the schema's revision in the database, and this version's."""
    opened = stores.durable(settings)
    try:
        with opened.connection() as connection:
            click.echo(f"database {revision_of(connection) or '-'}\nprogram  {head()}")
    finally:
        opened.close()


@database.command("migrate")
@click.pass_obj
def bring_up_to_date(settings: Settings) -> None:
    """Bring the schema up to date, as idp serve does at its start; servers of the version before go on meanwhile."""
    opened = stores.durable(settings)
    try:
        migrate(opened)
    finally:
        opened.close()
    click.echo(f"database {head()}")


@database.command("copy")
@click.option("--to", "url", required=True, help="The other database, empty: an address as in [database] url.")
@click.option("--trial", is_flag=True, help="Only try it: nobody is held off, and the old database stays open.")
@click.pass_obj
def copy(settings: Settings, url: str, trial: bool) -> None:
    """Copy everything to another database, and seal the old one.

    The servers may run: reads go on, writes wait or are asked for a minute, and from the end of the copy on all
    writes are, until the servers are started with the new address. Counts and checksums are compared for each table;
    if anything goes wrong, both databases are as before.
    """
    source, target = stores.durable(settings), stores.at(url, settings)
    try:
        move(source, target, _tell, trial)
    finally:
        source.close()
        target.close()
    if trial:
        click.echo("A trial: the copy holds what there was at one moment. Empty it before the move.", err=True)
    else:
        click.echo("The old database is sealed. Set [database] url to the new one, and restart the servers.", err=True)


@database.command("unseal")
@click.pass_obj
def reopen(settings: Settings) -> None:
    """Call a move off: the database at [database] url takes writes again. What the copy took since stays there."""
    opened = stores.durable(settings)
    try:
        unseal(opened)
    finally:
        opened.close()


def _tell(moved: Moved) -> None:
    click.echo(f"{moved.table:24} {moved.rows:>10}  {moved.checksum[:16]}")
