"""The queries of the dashboard and of the alerts, and what each of them names."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.house import ROOT

DASHBOARD = ROOT / "config/grafana/idp.json"
ALERTS = ROOT / "config/prometheus/alerts.yml"
_SELECTOR = re.compile(r"\b((?:idp_\w+)|up)\b(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')
_BY = re.compile(r"\bby\s*\(([^)]*)\)")


@dataclass(frozen=True)
class Selector:
    """A metric and the labels that it is asked for, each with a value of theirs."""

    metric: str
    labels: tuple[tuple[str, str], ...]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return found


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> list[str]:
    shown = [target["expr"] for panel in panels() for target in panel.get("targets", ())]
    return [*shown, *(alert["expr"] for alert in alerts())]


def selectors(query: str) -> Iterator[Selector]:
    for metric, matchers in _SELECTOR.findall(query):
        pairs = [(label, value) for label, values in _MATCHER.findall(matchers) for value in values.split("|")]
        yield Selector(metric, tuple(pairs))


def grouped(query: str) -> set[str]:
    """Return the labels that the query adds up by."""
    return {label.strip() for found in _BY.findall(query) for label in found.split(",")}
