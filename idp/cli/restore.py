"""``idp restore``: a backup into an empty database and key folder, with what must not come back told to it."""

from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import click

from idp.cli.backup import Present, holder, passphrase, passphrase_option
from idp.flows.backup.content import Contents, File
from idp.flows.backup.restore import look
from idp.kernel.clock import utc_now
from idp.kernel.refusal import Refused
from idp.kernel.settings import Settings
from idp.keys.sealed import Opener, opened
from idp.store.ledger import Ledger
from idp.store.move import Moved
from idp.wiring import stores
from idp.wiring.backup import restore_backup


@click.command()
@click.argument("file", type=Present)
@click.option("--key", type=Present, help="The private key (X25519, PEM) whose public one the backup was made with.")
@passphrase_option
@click.option("--check", is_flag=True, help="Read it to its end and tell what is in it; change nothing.")
@click.option(
    "--configuration",
    type=click.Path(path_type=Path),
    help="Only write settings, and files they name, into this folder.",
)
@click.option("--without-ledger", is_flag=True, help="The ledger is lost: all administrators' tokens end too.")
@click.option(
    "--as-it-was", is_flag=True, help="A city that was stopped before this backup moves: nobody signs in anew."
)
@click.pass_obj
def restore(
    settings: Settings,
    file: Path,
    key: Path | None,
    passphrase_file: Path | None,
    check: bool,
    configuration: Path | None,
    without_ledger: bool,
    as_it_was: bool,
) -> None:
    """Restore FILE into [database] url and [keys] folder, both empty, while no server runs.

    Sessions, grants and tokens given out before now are refused afterwards; the ledger is replayed.
    """
    chunks = partial(_chunks, file, _opener(key, passphrase_file))
    if check or configuration is not None:
        contents = look(chunks)
        if configuration is not None:
            _write(contents, configuration)
        _tell(contents)
        return
    ledger = Ledger(Path(settings.backup.ledger))
    if not ledger.path.exists() and not without_ledger and not as_it_was:
        raise Refused("backup.no_ledger", path=str(ledger.path))
    database = stores.durable(settings)
    try:
        lines = None if without_ledger else ledger.lines()
        restored = restore_backup(settings, database, utc_now)(chunks, lines, as_it_was, _progress)
    finally:
        database.close()
    head = restored.contents.head
    click.echo(f"{head['issuer']} as of {head['made_at']}", err=True)
    for kind, number in sorted(restored.replayed.items()):
        click.echo(f"replayed {kind}: {number}", err=True)
    if not as_it_was:
        click.echo("What was given out before now is refused: people sign in once more.", err=True)


def _opener(key: Path | None, passphrase_file: Path | None) -> Opener:
    if key is not None:
        return holder(key)
    if passphrase_file is not None:
        return passphrase(passphrase_file)
    raise Refused("backup.for_nobody")


def _chunks(file: Path, opener: Opener) -> Iterator[bytes]:
    with file.open("rb") as content:
        yield from opened(content, opener)


def _write(contents: Contents, folder: Path) -> None:
    for place, found in _placed(contents):
        if found.place != "keys":
            path = folder / ("" if found.place == "configuration" else place) / Path(found.name).name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(found.content)


def _placed(contents: Contents) -> Iterator[tuple[str, File]]:
    """Yield every file with its place; what settings name is numbered, for two may differ only in their folders."""
    number = count(1)
    for file in contents.files:
        yield (f"named/{next(number)}" if file.place == "named" else file.place), file


def _tell(contents: Contents) -> None:
    head = contents.head
    click.echo(f"{head['issuer']} as of {head['made_at']}, version {head['version']}, schema {head['revision']}")
    for place, file in _placed(contents):
        click.echo(f"{place:14} {file.name}")
    for table in contents.tables:
        click.echo(f"{table.name:24} {table.rows:>10}  {table.checksum[:16]}")


def _progress(moved: Moved) -> None:
    click.echo(f"{moved.table:24} {moved.rows:>10}  {moved.checksum[:16]}")
