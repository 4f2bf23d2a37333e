"""The alerts, played through by Prometheus' own tool; the document says what to do at each."""

import re
import shutil
import subprocess
from pathlib import Path

import yaml

from tests.house import ROOT
from tests.servers import program
from tests.watching.queries import ALERTS, alerts, panels

PLAYED = Path(__file__).parent / "alerts.test.yml"


def promtool(folder: Path, *arguments: str) -> str:
    command = [program("promtool"), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_alert_fires_at_its_trouble_and_none_in_a_healthy_city(tmp_path: Path) -> None:
    for path in (ALERTS, PLAYED):
        shutil.copy(path, tmp_path)

    assert f"{len(alerts())} rules found" in promtool(tmp_path, "check", "rules", ALERTS.name)
    assert "SUCCESS" in promtool(tmp_path, "test", "rules", PLAYED.name)
    played = PLAYED.read_text(encoding="utf-8")
    assert {alert["alert"] for alert in alerts()} == set(re.findall(r"\bIdp\w+", played))


def test_prometheus_understands_every_query_of_the_dashboard(tmp_path: Path) -> None:
    rules = [
        {"record": f"panel_{panel['id']}:{target['refId']}", "expr": target["expr"]}
        for panel in panels()
        for target in panel.get("targets", ())
    ]
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))

    assert f"{len(rules)} rules found" in promtool(tmp_path, "check", "rules", "panels.yml")


def test_the_document_says_what_to_do_at_every_alert() -> None:
    document = (ROOT / "docs/watching.md").read_text(encoding="utf-8")

    assert re.findall(r'<a id="(Idp\w+)"></a>', document) == [alert["alert"] for alert in alerts()]
