"""``idp tokens``: the administrators' tokens for the API; each is shown once, when it is made."""

import json
from typing import Any

import click

from idp.accounts.admin_token import AdminToken
from idp.kernel.clock import utc_now
from idp.kernel.settings import Settings
from idp.wiring import build_admin

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def tokens() -> None:
    """Administrators' tokens for the API. A token opens everything the API can do with clients."""


@tokens.command("add")
@click.argument("name")
@click.option("--days", type=int, default=365, show_default=True, help="How long it lives.")
@click.option("--no-expiry", is_flag=True, help="It lives until it is revoked.")
@click.option("--account", default="", help="Whose it is, by login or contact: it ends with the account.")
@as_json
@click.pass_obj
def add(settings: Settings, name: str, days: int, no_expiry: bool, account: str, as_json: bool) -> None:
    """Make a token; NAME says what it is for."""
    flows = build_admin(settings)
    try:
        made = flows.administration.add_token(name, None if no_expiry else days, account)
    finally:
        flows.close()
    document = {**_document(made.token), "token": made.secret}
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    click.echo(made.secret)
    click.echo("The token is shown this once: keep it now.", err=True)


@tokens.command("list")
@click.option("--all", "everything", is_flag=True, help="Revoked and expired ones too.")
@as_json
@click.pass_obj
def list_all(settings: Settings, everything: bool, as_json: bool) -> None:
    """List the tokens, without what opens the API."""
    flows = build_admin(settings)
    try:
        found = flows.administration.tokens.all()
    finally:
        flows.close()
    now = utc_now()
    documents = [_document(token) for token in found if everything or token.is_live(now)]
    if as_json:
        click.echo(json.dumps(documents, ensure_ascii=False, indent=2))
        return
    for line in documents:
        ends = f"revoked {line['revoked_at']}" if line["revoked_at"] else f"until {line['expires_at'] or 'revoked'}"
        used = f"used {line['last_used_at']}" if line["last_used_at"] else "never used"
        click.echo(f"{line['id']}  {line['name']}  by {line['made_by']}, {ends}, {used}")


@tokens.command("revoke")
@click.argument("token_id")
@click.pass_obj
def revoke(settings: Settings, token_id: str) -> None:
    """End a token at once."""
    flows = build_admin(settings)
    try:
        flows.administration.revoke_token(token_id)
    finally:
        flows.close()


def _document(token: AdminToken) -> dict[str, Any]:
    moments = {
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }
    return {
        "id": token.id,
        "name": token.name,
        "made_by": token.made_by,
        "account_id": token.account_id or None,
        **{name: at.isoformat(timespec="seconds") if at else None for name, at in moments.items()},
    }
