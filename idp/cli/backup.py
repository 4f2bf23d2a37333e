"""``idp backup``: the database as of one moment, keys and configuration in one sealed file, while the servers run."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from idp.kernel.clock import utc_now
from idp.kernel.refusal import Refused
from idp.kernel.settings import Settings
from idp.keys.sealed import Holder, Lock, Passphrase, Recipient, Sealing
from idp.wiring import stores
from idp.wiring.backup import make_backup

_SHORTEST = 12
F = TypeVar("F", bound=Callable[..., Any])
File = click.Path(path_type=Path, dir_okay=False)
Present = click.Path(path_type=Path, dir_okay=False, exists=True)


def passphrase_option(command: F) -> F:
    """The passphrase never stands on a command line, where every user of the machine can read it."""
    named = click.option("--passphrase-file", type=Present, envvar="IDP_BACKUP_PASSPHRASE_FILE", help="Holds it.")
    return named(command)


@click.command()
@click.argument("file", type=File)
@click.option(
    "--recipient", type=Present, envvar="IDP_BACKUP_RECIPIENT", help="A public key (X25519, PEM): best for cron."
)
@passphrase_option
@click.pass_obj
def backup(settings: Settings, file: Path, recipient: Path | None, passphrase_file: Path | None) -> None:
    """Write a backup to FILE, sealed for the holder of a private key or of a passphrase.

    Make the pair of keys elsewhere, and leave only the public one here:

    \b
    openssl genpkey -algorithm X25519 -out backup.key
    openssl pkey -in backup.key -pubout -out backup.pub
    """
    lock = _lock(recipient, passphrase_file)
    if file.exists():
        raise Refused("backup.exists", path=str(file))
    beside = file.with_name(f".{file.name}.new")
    database = stores.durable(settings)
    try:
        with beside.open("wb") as into:
            os.fchmod(into.fileno(), 0o600)
            sealing = Sealing(into, lock)
            tables = make_backup(settings, database, utc_now)(sealing.write)
            sealing.close()
            into.flush()
            os.fsync(into.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
        database.close()
    click.echo(f"{file}: {file.stat().st_size} bytes, {sum(table.rows for table in tables)} rows")


def passphrase(path: Path) -> Passphrase:
    """Read it, without the line's end."""
    words = path.read_bytes().rstrip(b"\r\n")
    if len(words) < _SHORTEST:
        raise Refused("backup.weak_passphrase", path=str(path), least=_SHORTEST)
    return Passphrase(words)


def holder(path: Path) -> Holder:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError):
        raise Refused("backup.not_a_key", path=str(path)) from None
    if not isinstance(key, X25519PrivateKey):
        raise Refused("backup.not_a_key", path=str(path))
    return Holder(key)


def _lock(recipient: Path | None, passphrase_file: Path | None) -> Lock:
    if recipient is not None:
        try:
            key = load_pem_public_key(recipient.read_bytes())
        except ValueError:
            key = None
        if not isinstance(key, X25519PublicKey):
            raise Refused("backup.not_a_key", path=str(recipient))
        return Recipient(key)
    if passphrase_file is not None:
        return passphrase(passphrase_file)
    raise Refused("backup.for_nobody")
