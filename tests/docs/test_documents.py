"""The documents say what the code does: made tables are fresh, links lead somewhere, commands and settings exist."""

import re
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from docs import refusals, tables
from docs.__main__ import documents, made
from idp.cli import root
from idp.clients.member_help import HELP
from idp.clients.members import SHAPES
from idp.kernel.settings import Settings
from tests.house import ROOT, name

WRITTEN = [*sorted(ROOT.glob("*.md")), *documents(), ROOT / "keys/README.md"]
_every_document = pytest.mark.parametrize("path", WRITTEN, ids=name)


@pytest.mark.parametrize("path", documents(), ids=name)
def test_what_is_made_from_the_code_is_fresh(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert made(text) == text, f"{name(path)} is stale: run .venv/bin/python -m docs and commit what it writes"


def test_everything_is_described_and_nothing_that_is_gone() -> None:
    for section, known in {**tables.DESCRIBED, **refusals.DESCRIBED}.items():
        told = f"docs/words.toml: in [{section}] add what is new, take out what is gone"
        assert set(tables.WORDS[section]) == set(map(str, known)), told
    assert set(HELP) == set(SHAPES), "idp.clients.member_help.py: say what each member of client metadata is for"


@_every_document
def test_every_link_leads_somewhere(path: Path) -> None:
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"", path.read_text(encoding="utf-8")):
        target, _, anchor = unquote("".join(link)).partition("#")
        if re.match(r"https?:|mailto:", target):
            continue
        found = (path.parent / target) if target else path
        if not found.exists() or (anchor and anchor not in _anchors(found)):
            lost.append("".join(link))
    assert not lost, f"{name(path)}: these lead nowhere: {lost}"


def _anchors(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings} | set(
        re.findall(r'<a id="([^"]+)">', text)
    )


@_every_document
def test_every_command_that_is_shown_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    wrong = []
    for words in (found.split() for found in re.findall(r"\bidp ((?:[a-z-]+ )?[a-z-]+(?: [^\n`]*)?)", text)):
        command: click.Command | None = root
        shown = list(words)
        while shown and isinstance(command, click.Group):
            word = shown.pop(0).rstrip(".,;:")
            if word in {option for item in command.params for option in item.opts}:
                break
            command = command.get_command(click.Context(command), word)
            if command is None:
                wrong.append(" ".join(words[:2]))
        if command is not None:
            options = {option for item in command.params for option in (*item.opts, *item.secondary_opts)}
            wrong += [word for word in shown if re.fullmatch(r"--[a-z-]+", word) and word not in options | {"--help"}]
    assert not wrong, f"{name(path)}: the command idp doesn't know {wrong}"


@_every_document
def test_every_setting_that_is_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = [*re.findall(r"`\[([a-z_]+)\] ([a-z_]+)`", text), *re.findall(r"IDP__([A-Z_]+?)__([A-Z_]+)", text)]
    settings = Settings()
    lost = [
        (section, key) for section, key in named if not hasattr(getattr(settings, section.lower(), None), key.lower())
    ]
    assert not lost, f"{name(path)}: there are no such settings: {lost}"


@_every_document
def test_every_file_that_is_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:idp|demo|tests|docs|config|bench)/[A-Za-z0-9_./-]*[A-Za-z0-9_/])`", text))
    lost = sorted(item for item in named if not (ROOT / item).exists())
    assert not lost, f"{name(path)}: there are no such files: {lost}"


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for path in WRITTEN:
        named = set(re.findall(r"`make ([a-z]+)|^    make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
        assert {"".join(pair) for pair in named} <= targets, name(path)
