"""``idp keys``: the signing keys with their phases, and their rotation; running workers pick a change up themselves."""

import json
from pathlib import Path
from typing import Any

import click

from idp.journal.events import Event
from idp.kernel.clock import utc_now
from idp.kernel.settings import Settings
from idp.keys.key_ring import KeyRing
from idp.keys.rotation import Life
from idp.keys.signer import ALGORITHMS
from idp.wiring import Flows, build_admin

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
@click.option("--data", is_flag=True, help="The key of personal data at rest instead of the signing keys.")
@as_json
@click.pass_obj
def rotate(settings: Settings, alg: tuple[str, ...], at_once: bool, data: bool, as_json: bool) -> None:
    """Announce a next key; it takes over after [keys] announce_seconds, and the old one stays published for a while.

    A data key seals at once; the job seals anew what earlier ones sealed, and goes on after a restart. `idp keys data`
    tells how much is left.
    """
    if data:
        flows = build_admin(settings)
        try:
            flows.ground.data_keys.rotate()
            flows.journal.record(Event("keys.data_rotated", actor="command-line"))
            _print_data(flows, as_json)
        finally:
            flows.close()
        return
    ring = _ring(settings)
    ring.prepare()
    for name in alg or sorted(ALGORITHMS):
        ring.rotate(name, at_once)
    _print(ring.lives(), as_json)


@keys.command("data")
@click.option("--finish", is_flag=True, help="Seal anew, now, what earlier keys sealed, and remove those keys.")
@as_json
@click.pass_obj
def data(settings: Settings, finish: bool, as_json: bool) -> None:
    """List the keys of personal data at rest, and how many entries each seals; the last one seals what is new.

    Copies of the database that are older than a removed key can't be read any more. It is refused in the first minute
    after a rotation, while a worker may still seal with the key before.
    """
    flows = build_admin(settings)
    try:
        if finish:
            reseal = flows.verifications.reseal
            reseal.all()
            with flows.database.together():
                for key_id, number in list(reseal.sealed_by().items())[:-1]:
                    if not number:
                        flows.ground.data_keys.forget(key_id)
                flows.journal.record(Event("keys.data_finished", actor="command-line"))
        _print_data(flows, as_json)
    finally:
        flows.close()


def _print_data(flows: Flows, as_json: bool) -> None:
    sealed = flows.verifications.reseal.sealed_by()
    lines = [
        {"key": key.id, "made_at": key.made_at.isoformat(timespec="seconds"), "entries": sealed.get(key.id, 0)}
        for key in flows.ground.data_keys.listed()
    ]
    if as_json:
        click.echo(json.dumps(lines, indent=2))
        return
    for line in lines:
        click.echo(f"data   {line['key']}  from {line['made_at']}  seals {line['entries']}")


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
