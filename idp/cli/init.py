"""``idp init``: five questions, one settings file, keys and schema, and a link that makes the first administrator."""

import json
import os
from pathlib import Path
from typing import Any

import click

from idp.kernel.refusal import Refused, Unavailable
from idp.kernel.settings import load
from idp.wiring import build, prepare

_HEAD = "# Written by `idp init`. What isn't said here has its default: config/default.toml explains every setting.\n"


@click.command()
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("idp.toml"),
    show_default=True,
    envvar="IDP_CONFIG",
    help="The settings file to write; it must not exist.",
)
@click.option("--issuer", prompt="Public address of the provider (https://…)", help="The `iss` of every token.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    prompt="Folder for the database and the keys",
    default=Path("/srv/idp"),
    help="Everything that is written lies below it.",
)
@click.option("--smtp-url", prompt="Mail server (smtp+starttls://user:password@host:587)", help="Where letters go.")
@click.option("--sender", prompt="From of every letter (City Sign-in <no-reply@…>)", help="The From of every letter.")
@click.option(
    "--sms-api-key", prompt="Key of the SMS gateway (empty: no text messages)", default="", help="MTS Exolve's."
)
@click.option("--database-url", default="", help="PostgreSQL instead of a file in the folder; isn't asked for.")
@click.option("--short-lived-url", default="", help="Redis instead of a file in the folder; isn't asked for.")
def init(
    file: Path,
    issuer: str,
    folder: Path,
    smtp_url: str,
    sender: str,
    sms_api_key: str,
    database_url: str,
    short_lived_url: str,
) -> None:
    """Set a provider up. Asks on a terminal what the options don't say.

    The link it prints lies in the database: name PostgreSQL here, and it opens there.

    The file and all that is made can be read by this user alone.
    """
    sections: dict[str, dict[str, Any]] = {
        "server": {"issuer": issuer.rstrip("/"), "trusted_proxies": ["127.0.0.1/32", "::1/128"]},
        "database": {"url": database_url or f"sqlite:///{folder.absolute() / 'var/idp.db'}"},
        "short_lived": {"url": short_lived_url or f"file:{folder.absolute() / 'var/state.db'}"},
        "keys": {"folder": str(folder.absolute() / "keys")},
        "backup": {"ledger": str(folder.absolute() / "var/ledger.jsonl")},
        "mail": {"smtp_url": smtp_url, "sender": sender},
    }
    if sms_api_key:
        sections["sms"] = {"gateway_url": "https://api.exolve.ru", "api_key": sms_api_key}
    _write(file, sections)
    try:
        settings = load(file, {})
    except Refused:
        file.unlink()  # an answer was wrong: nothing is left that the next try would stumble over
        raise
    try:
        prepare(settings)
        flows = build(settings)
    except (Refused, Unavailable):
        file.unlink()  # a store that doesn't answer, or holds a newer version: mended, the same command goes through
        raise
    try:
        link = flows.people.first_admin.offer()
    finally:
        flows.close()
    database = flows.database.url.render_as_string()  # without its password
    click.echo(f"Written: {file.absolute()}, the keys in {settings.keys.folder}, the schema in {database}")
    click.echo(f"Next:    idp --config {file} check")
    click.echo(f"         idp --config {file} serve")
    click.echo("Then open this link within 24 hours; it makes the first administrator's token, once:")
    click.echo(link)


def _write(file: Path, sections: dict[str, dict[str, Any]]) -> None:
    """Write a file that never existed with a wider mode; never over another one."""
    # JSON's strings and lists are TOML's too.
    lines = [_HEAD]
    for section, held in sections.items():
        lines.append(f"\n[{section}]\n")
        lines += (f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in held.items())
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused("init.exists", path=str(file)) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write("".join(lines))
