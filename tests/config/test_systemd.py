"""The units that we ship: systemd reads them without a word, and what they call exists."""

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest

from idp.cli import root
from tests.house import ROOT
from tests.servers import program

UNITS = sorted((ROOT / "config/systemd").iterdir())


def test_systemd_has_nothing_to_say_about_them(tmp_path: Path) -> None:
    """It wants the programs to be there: another one stands in their place."""
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/srv/idp/.venv/bin/idp", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")

    made = [str(tmp_path / unit.name) for unit in UNITS]
    told = subprocess.run([program("systemd-analyze"), "verify", "--man=no", *made], capture_output=True, text=True)

    ours = [line for line in told.stderr.splitlines() if any(unit.name in line for unit in UNITS)]
    assert (told.returncode, ours) == (0, []), told.stderr


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_they_call_commands_that_exist_and_end_their_whole_family(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    called = re.findall(r"/srv/idp/\.venv/bin/idp ([a-z]+)", text)

    assert called and all(root.get_command(click.Context(root), name) for name in called)
    assert "UMask=0077" in text and "User=idp" in text
    if "serve" in called:
        grace = int(re.findall(r"TimeoutStopSec=(\d+)", text)[0])
        assert "KillMode=mixed" in shlex.split(text.replace("'", "")) and grace > 6
