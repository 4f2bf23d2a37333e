"""Command-line options for client metadata: one for each member, made from the table of members."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from idp.clients.members import SHAPES, Shape

#: Members whose option has another name than the singular of their own.
_I18N = {"client_name_ru": "client_name#ru", "client_name_en": "client_name#en"}


def member_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for every member; a list is a repeatable option in the singular."""
    for name, shape in reversed(SHAPES.items()):
        command = _option(name, shape)(command)
    for name in reversed(_I18N):
        command = click.option(_spelled(name), name, help="The name in that language.")(command)
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


def _option(name: str, shape: Shape) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    if shape is Shape.FLAG:
        return click.option(f"{_spelled(name)}/--no-{_spelled(name)[2:]}", name, default=None)
    if shape is Shape.SECONDS:
        return click.option(_spelled(name), name, type=int)
    if shape is Shape.TEXTS:
        return click.option(_spelled(name.removesuffix("s")), name, multiple=True, help="Repeatable.")
    if shape is Shape.WORDS:
        return click.option(_spelled(name), name, multiple=True, help="Repeatable, or several with blanks.")
    if shape is Shape.OBJECT:
        return click.option(_spelled(name), name, help="JSON, or @ and the name of a file with it.")
    if shape is Shape.PURPOSES:
        form = "SCOPE:LOCALE=TEXT"
        return click.option(_spelled(name.removesuffix("s")), name, multiple=True, metavar=form, help="Repeatable.")
    return click.option(_spelled(name), name)


def _spelled(name: str) -> str:
    return "--" + name.replace("_", "-")


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text)
    except (OSError, ValueError) as error:
        raise click.BadParameter(str(error), param_hint=_spelled(name)) from error


def _purposes(items: tuple[str, ...]) -> dict[str, dict[str, str]]:
    purposes: dict[str, dict[str, str]] = {}
    for item in items:
        where, equals, text = item.partition("=")
        scope, colon, locale = where.rpartition(":")
        if not equals or not colon:
            raise click.BadParameter(f"{item!r} is not SCOPE:LOCALE=TEXT", param_hint="--scope-purpose")
        purposes.setdefault(scope, {})[locale] = text
    return purposes
