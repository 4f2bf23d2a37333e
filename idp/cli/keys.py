"""``idp keys``: the signing keys with their phases, and their rotation; running workers pick a change up themselves."""

import json
from pathlib import Path
from typing import Any

import click

from idp.kernel.clock import utc_now
from idp.kernel.settings import Settings
from idp.keys.key_ring import KeyRing
from idp.keys.rotation import Life
from idp.keys.signer import ALGORITHMS

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def keys() -> None:
    """Signing keys. They lie in [keys] folder, whose copy is a copy of the provider's identity."""


@keys.command("list")
@as_json
@click.pass_obj
def list_all(settings: Settings, as_json: bool) -> None:
    """List every key: next (published, not used yet), current, retired (published, used no more)."""
    _print(_ring(settings).lives(), as_json)


@keys.command("rotate")
@click.option("--alg", type=click.Choice(sorted(ALGORITHMS)), multiple=True, help="Only this one; repeatable.")
@click.option(
    "--at-once", is_flag=True, help="Sign with the new key in two seconds; portals may meet it before they know it."
)
@as_json
@click.pass_obj
def rotate(settings: Settings, alg: tuple[str, ...], at_once: bool, as_json: bool) -> None:
    """Announce a next key; it takes over after [keys] announce_seconds, and the old one stays published for a while."""
    ring = _ring(settings)
    ring.prepare()
    for name in alg or sorted(ALGORITHMS):
        ring.rotate(name, at_once)
    _print(ring.lives(), as_json)


def _ring(settings: Settings) -> KeyRing:
    return KeyRing.open(Path(settings.keys.folder), settings.keys, utc_now)


def _print(lives: list[Life], as_json: bool) -> None:
    lines = [_told(life) for life in lives]
    if as_json:
        click.echo(json.dumps(lines, indent=2))
        return
    for line in lines:
        until = f" until {line['ends_at']}" if line["ends_at"] else ""
        gone = f", gone {line['gone_at']}" if line["gone_at"] else ""
        click.echo(f"{line['alg']:6} {line['phase']:8} {line['kid']}  from {line['starts_at']}{until}{gone}")


def _told(life: Life) -> dict[str, Any]:
    moments = {
        "announced_at": life.key.announced_at,
        "starts_at": life.key.starts_at,
        "ends_at": life.ends_at,
        "gone_at": life.gone_at,
    }
    return {
        "kid": life.key.kid,
        "alg": life.key.alg,
        "phase": life.phase.value,
        **{name: at.isoformat(timespec="seconds") if at else None for name, at in moments.items()},
    }
