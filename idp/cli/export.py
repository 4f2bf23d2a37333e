"""``idp export``: prints the clients as the TOML file that ``idp apply`` takes."""

import click
import tomli_w

from idp.cli import explain
from idp.clients.client import Client
from idp.clients.stored import metadata_of
from idp.kernel.settings import Settings
from idp.wiring import build_admin


@click.command()
@click.pass_obj
def export(settings: Settings) -> None:
    """Print every client as TOML for idp apply. Secrets are kept as digests and do not come along."""
    flows = build_admin(settings)
    try:
        found = sorted(flows.registry.clients.all(), key=lambda client: client.client_id)
    finally:
        flows.close()
    click.echo(f"# {explain('export.head', {})}")
    for client in found:
        click.echo(f"\n{spelled(client)}", nl=False)


def spelled(client: Client) -> str:
    """Return one client's table; where it has a secret, a comment says how one is named."""
    document = {"client_id": client.client_id, **metadata_of(client)}
    if client.disabled_at is not None:
        document["disabled"] = True
    head, _, rest = tomli_w.dumps({"clients": [document]}).partition("\n")
    hint = f"# {explain('export.secret', {})}\n" if client.secret_digest else ""
    return f"{hint}{head}\n{rest}"
