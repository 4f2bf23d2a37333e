"""The command ``idp``: a file a command, loaded when it is called."""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from idp.kernel.refusal import Faulty, Refused, Unavailable
from idp.kernel.settings import load
from idp.kernel.words import MissingWords, catalogues

#: Command to the module that holds it under the same name.
COMMANDS = {
    "init": "idp.cli.init",
    "check": "idp.cli.check",
    "serve": "idp.cli.serve",
    "jobs": "idp.cli.jobs",
    "clients": "idp.cli.clients",
    "apply": "idp.cli.apply",
    "export": "idp.cli.export",
    "tokens": "idp.cli.tokens",
    "keys": "idp.cli.keys",
    "database": "idp.cli.database",
    "backup": "idp.cli.backup",
    "restore": "idp.cli.restore",
    "signatures": "idp.cli.signatures",
}
#: Commands that work without settings, store and keys.
FREE = frozenset({"signatures", "init", "check"})


class Lazy(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        module = COMMANDS.get(name)
        found: click.Command | None = getattr(import_module(module), name) if module else None
        return found


@click.group(cls=Lazy)
@click.option("--config", type=click.Path(path_type=Path), envvar="IDP_CONFIG", help="The operator's TOML file.")
@click.pass_context
def root(context: click.Context, config: Path | None) -> None:
    """The city's identity provider."""
    os.umask(0o077)  # the database and the outbox hold personal data: what we write is for our own user
    if config is not None:
        os.environ["IDP_CONFIG"] = str(config)  # for the processes this command starts
    if context.invoked_subcommand not in FREE:
        context.obj = load(config, os.environ)


def main() -> Any:
    """Run the command; a refusal ends it with its words on standard error and exit code 1."""
    try:
        return root(standalone_mode=True, auto_envvar_prefix=None)
    except Faulty as faulty:
        for fault in faulty.faults:
            click.echo(f"{fault.field}: {explain(fault.code, fault.params)}", err=True)
    except Refused as refused:
        click.echo(explain(refused.code, refused.params), err=True)
    except Unavailable as absent:
        click.echo(str(absent).strip().splitlines()[0], err=True)
    sys.exit(1)


def explain(code: str, params: dict[str, Any]) -> str:
    """Return the English words of a refusal, or its code and parameters if the catalogue has none."""
    try:
        return catalogues()["en"].plain(code, **params).replace("\u00a0", " ")
    except (MissingWords, KeyError):
        return f"{code} {params}" if params else code
