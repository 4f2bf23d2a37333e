"""The examples of docs/admin-api.md run as they stand, with curl and bash, at a real provider."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.house import ROOT
from tests.provider import serving

DOCUMENT = ROOT / "docs/admin-api.md"
#: A script, and what its last command answers where the document says so.
EXAMPLE = re.compile(r"```sh\n(.*?)```\n(?:\n```json\n(.*?)```)?", re.DOTALL)


def holds(told: Any, shown: Any) -> bool:
    """Tell whether an answer holds what the document shows of it."""
    if isinstance(shown, dict):
        return isinstance(told, dict) and all(name in told and holds(told[name], shown[name]) for name in shown)
    if isinstance(shown, list):
        return len(told) == len(shown) and all(map(holds, told, shown))
    return bool(told == shown)


def test_every_example_runs_and_answers_what_is_shown(tmp_path: Path) -> None:
    examples = EXAMPLE.findall(DOCUMENT.read_text(encoding="utf-8"))
    shown = [json.loads(answer) for _, answer in examples if answer]
    assert len(examples) >= 6 and len(shown) >= 2

    marks = [script + "\nprintf '\\n=====\\n'\n" for script, _ in examples]
    with serving(tmp_path) as provider:
        settings = provider.flows.settings
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "ISSUER": provider.issuer,
            "IDP__SERVER__ISSUER": provider.issuer,
            "IDP__DATABASE__URL": settings.database.url,
            "IDP__SHORT_LIVED__URL": settings.short_lived.url,
            "IDP__KEYS__FOLDER": settings.keys.folder,
            "no_proxy": "*",
        }
        command = ["bash", "-euo", "pipefail", "-c", "".join(marks)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
        left = [client.client_id for client in provider.flows.clients.all()]

    assert done.returncode == 0, done.stdout + done.stderr
    answers = done.stdout.split("\n=====\n")
    assert left == ["robot"]
    for (script, answer), told in zip(examples, answers, strict=False):
        if answer:
            last = told[told.rindex('{"type"') :]
            assert holds(json.loads(last), json.loads(answer)), f"{script}\n{last}"
