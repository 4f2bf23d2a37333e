"""Command-line options for client metadata: one for each member, made from the table of members."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from idp.clients.member_help import HELP
from idp.clients.members import SHAPES, Shape

#: Members whose option has another name than the singular of their own.
_I18N = {"client_name_ru": "client_name#ru", "client_name_en": "client_name#en"}


def member_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for every member; a list is a repeatable option in the singular."""
    for name, shape in reversed(SHAPES.items()):
        command = _option(name, shape)(command)
    for name in reversed(_I18N):
        command = click.option(spelled(name), name, help="The name in that language.")(command)
    return command


def document_of(options: dict[str, Any]) -> dict[str, Any]:
    """Return the members that options were given for."""
    document: dict[str, Any] = {}
    for name, value in options.items():
        if value is None or value == ():
            continue
        member = _I18N.get(name, name)
        shape = SHAPES.get(member, Shape.TEXT)
        if shape is Shape.TEXTS:
            document[member] = list(value)
        elif shape is Shape.WORDS:
            document[member] = " ".join(value)
        elif shape is Shape.OBJECT:
            document[member] = _json(value, name)
        elif shape is Shape.PURPOSES:
            document[member] = _purposes(value)
        else:
            document[member] = value
    return document


def spelled(name: str, shape: Shape = Shape.TEXT) -> str:
    """Return the option for a member: a list's is in the singular, for it is repeated."""
    one = name.removesuffix("s") if shape in (Shape.TEXTS, Shape.PURPOSES) else name
    return "--" + one.replace("_", "-")


def _option(name: str, shape: Shape) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    option = spelled(name, shape)
    if shape is Shape.FLAG:
        return click.option(f"{option}/--no-{option[2:]}", name, default=None, help=HELP[name])
    if shape is Shape.SECONDS:
        return click.option(option, name, type=int, help=HELP[name])
    if shape is Shape.TEXTS:
        return click.option(option, name, multiple=True, help=f"{HELP[name]} Repeatable.")
    if shape is Shape.WORDS:
        return click.option(option, name, multiple=True, help=f"{HELP[name]} Repeatable, or several with blanks.")
    if shape is Shape.OBJECT:
        return click.option(option, name, help=f"{HELP[name]} JSON, or @ and the name of a file with it.")
    if shape is Shape.PURPOSES:
        form = "SCOPE:LOCALE=TEXT"
        return click.option(option, name, multiple=True, metavar=form, help=f"{HELP[name]} Repeatable.")
    return click.option(option, name, help=HELP[name])


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text)
    except (OSError, ValueError) as error:
        raise click.BadParameter(str(error), param_hint=spelled(name)) from error


def _purposes(items: tuple[str, ...]) -> dict[str, dict[str, str]]:
    purposes: dict[str, dict[str, str]] = {}
    for item in items:
        where, equals, text = item.partition("=")
        scope, colon, locale = where.rpartition(":")
        if not equals or not colon:
            raise click.BadParameter(f"{item!r} is not SCOPE:LOCALE=TEXT", param_hint="--scope-purpose")
        purposes.setdefault(scope, {})[locale] = text
    return purposes
