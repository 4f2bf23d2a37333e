"""``idp clients``: register, show, change, disable and remove the portals and services that use the provider."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from idp.cli.client_options import document_of, member_options
from idp.clients.members import SHAPES
from idp.clients.stored import I18N, told, told_with_secret
from idp.flows.admin.clients import (
    AddClient,
    ChangeClient,
    DisableClient,
    EnableClient,
    RemoveClient,
    RotateSecret,
)
from idp.flows.admin.registry import Registered, Registry
from idp.kernel.settings import Settings
from idp.wiring import build_admin

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
with_file = click.option(
    "--file", "file", type=click.Path(dir_okay=False, allow_dash=True), help="A JSON document; - is standard input."
)


@click.group()
def clients() -> None:
    """Client applications. A change reaches running workers within [tokens] client_cache_seconds."""


def acts(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the registry, and close what it opened."""

    def run(settings: Settings, **options: Any) -> None:
        flows = build_admin(settings)
        try:
            command(flows.registry, **options)
        finally:
            flows.close()

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return click.pass_obj(run)


@clients.command("add")
@with_file
@click.option("--client-id", default="", help="A name of your own choice; a random one is made without.")
@member_options
@as_json
@acts
def add(registry: Registry, file: str | None, client_id: str, as_json: bool, **members: Any) -> None:
    """Register a client from --file, from options, or from both (options win)."""
    document = {**_read(file), **document_of(members)}
    _print_registered(AddClient(registry)(document, client_id), as_json)


@clients.command("list")
@as_json
@acts
def list_all(registry: Registry, as_json: bool) -> None:
    """List every client."""
    found = registry.clients.all()
    if as_json:
        click.echo(json.dumps([told(client) for client in found], ensure_ascii=False, indent=2))
        return
    if not found:
        click.echo("No client is registered yet: idp clients add --help.", err=True)
        return
    lines = [("CLIENT_ID", "NAME", "AUTHENTICATES BY", "GRANTS", "")] + [
        (
            client.client_id,
            client.client_name,
            client.token_endpoint_auth_method,
            " ".join(sorted(client.grant_types)),
            "disabled" if client.disabled_at else "",
        )
        for client in found
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    for line in lines:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


@clients.command("show")
@click.argument("client_id")
@as_json
@acts
def show(registry: Registry, client_id: str, as_json: bool) -> None:
    """Print a client's metadata; its secret isn't kept and can't be shown."""
    _print(told(registry.one(client_id)), as_json)


def known(_context: click.Context, _option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a member that doesn't exist: taking it away would seem to have worked."""
    strange = [name for name in names if name not in SHAPES and not name.startswith(I18N)]
    if strange:
        raise click.BadParameter(f"there is no member {', '.join(strange)}")
    return names


@clients.command("change")
@click.argument("client_id")
@with_file
@member_options
@click.option("--unset", multiple=True, metavar="MEMBER", callback=known, help="Take a member away; repeatable.")
@as_json
@acts
def change(
    registry: Registry, client_id: str, file: str | None, unset: tuple[str, ...], as_json: bool, **members: Any
) -> None:
    """Put the given members in place of the present ones; the rest stays."""
    document = {**_read(file), **document_of(members), **dict.fromkeys(unset)}
    if not document:
        raise click.UsageError("nothing to change: give --file, members, or --unset")
    _print_registered(ChangeClient(registry)(client_id, document), as_json)


@clients.command("rotate-secret")
@click.argument("client_id")
@as_json
@acts
def rotate_secret(registry: Registry, client_id: str, as_json: bool) -> None:
    """Make a new secret; the old one stops working."""
    _print_registered(RotateSecret(registry)(client_id), as_json)


@clients.command("disable")
@click.argument("client_id")
@as_json
@acts
def disable(registry: Registry, client_id: str, as_json: bool) -> None:
    """Refuse the client everything; its registration stays."""
    _print(told(DisableClient(registry)(client_id)), as_json)


@clients.command("enable")
@click.argument("client_id")
@as_json
@acts
def enable(registry: Registry, client_id: str, as_json: bool) -> None:
    """Take a disabling back."""
    _print(told(EnableClient(registry)(client_id)), as_json)


@clients.command("remove")
@click.argument("client_id")
@click.option("--yes", is_flag=True, help="Don't ask.")
@acts
def remove(registry: Registry, client_id: str, yes: bool) -> None:
    """Forget the client and end everything people allowed it."""
    present = registry.one(client_id)
    if not yes:
        click.confirm(f"Remove {present.client_name} ({client_id}) and end all its grants?", abort=True)
    RemoveClient(registry)(client_id)
    click.echo(f"{present.client_name} ({client_id}) is removed.", err=True)


def _read(file: str | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        document = json.loads(text)
    except (OSError, ValueError) as error:
        raise click.BadParameter(str(error), param_hint="--file") from error
    if not isinstance(document, dict):
        raise click.BadParameter("not a JSON object", param_hint="--file")
    return document


def _print_registered(registered: Registered, as_json: bool) -> None:
    _print(told_with_secret(registered.client, registered.secret), as_json)
    if registered.secret and not as_json:
        click.echo("The secret is shown this once: keep it now.", err=True)


def _print(document: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for name, value in document.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        click.echo(f"{name}: {text}")
