"""``idp apply``: makes the store hold the clients that a TOML file describes; the difference is shown first."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from idp.cli import explain
from idp.cli.difference import shown
from idp.clients.client_file import read_clients
from idp.flows.admin.apply import ApplyPlan
from idp.flows.admin.plan import Act, PlanClients, tag
from idp.kernel.refusal import Fault, Faulty, Refused
from idp.kernel.settings import Settings
from idp.wiring import build_admin

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--plan", is_flag=True, help="Show the difference and the plan's tag; change nothing.")
@click.option("--planned", metavar="TAG", default="", help="Go on only if the plan is still the one of this tag.")
@click.option("--prune", is_flag=True, help="Remove clients that the file leaves out; they stay without it.")
@click.option("--yes", is_flag=True, help="Remove without asking.")
@click.pass_obj
def apply(settings: Settings, file: Path, plan: bool, planned: str, prune: bool, yes: bool) -> None:
    """Register and change clients as FILE describes them, all or none; - is standard input.

    A secret is named, client_secret = "env:NAME" or "file:PATH", and never stands in the file.
    """
    flows = build_admin(settings)
    try:
        steps = PlanClients(flows.registry, _secrets_beside(file))(read_clients(_read(file)), prune)
        for line in shown(steps):
            click.echo(line)
        if planned and planned != tag(steps):
            raise Refused("apply.stale", planned=planned, now=tag(steps))
        if plan:
            click.echo(explain("apply.tag", {"tag": tag(steps)}))
        elif steps:
            if not yes and any(step.act is Act.REMOVE for step in steps):
                click.confirm(explain("apply.remove_really", {}), abort=True)
            ApplyPlan(flows.registry)(steps)
            click.echo(explain("apply.done", {}))
    except Faulty as faulty:
        for fault in sorted(faulty.faults, key=_line):
            where = f"{file}:{_line(fault)}" if _line(fault) else str(file)
            click.echo(f"{where}: {fault.field}: {explain(fault.code, fault.params)}", err=True)
        raise SystemExit(1) from faulty
    finally:
        flows.close()


def _line(fault: Fault) -> int:
    return int(fault.params.get("line", 0))


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Faulty([Fault("toml", "client_file.unreadable", {"reason": "it is not UTF-8"})]) from error


def _secrets_beside(file: Path) -> Callable[[str], str]:
    """Return what reads a reference; a relative path begins where the file is."""

    def read(reference: str) -> str:
        kind, _, name = reference.partition(":")
        if kind == "env":
            if name not in os.environ:
                raise OSError("the variable is not set")
            return os.environ[name].strip()
        try:
            return (file.parent / name).read_text(encoding="utf-8").strip()
        except ValueError as error:
            raise OSError("it is no text") from error

    return read
