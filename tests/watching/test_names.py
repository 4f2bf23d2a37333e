"""Every metric, label and value that the dashboard and the alerts name exists in what the provider tells."""

import ast
import re

import pytest

from idp.app import create_app
from idp.endpoints.routes import routes
from idp.kernel import metrics
from idp.wiring.jobs import jobs
from tests.city import City
from tests.house import ROOT, nodes
from tests.watching.queries import alerts, grouped, panels, queries, selectors

#: What Prometheus itself adds.
SCRAPED = {"job", "instance"}


@pytest.fixture
def told(city: City) -> dict[str, set[str]]:
    """Return the metrics of a reading with their labels."""
    present = city.flows.machines.metrics.present()
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", metrics.reading(present).decode(), re.MULTILINE))
    kept = metrics._make()
    labels = {
        "idp_requests_total": kept.requests._labelnames,
        "idp_request_seconds": kept.spent._labelnames,
        "idp_events_total": kept.events._labelnames,
        "idp_job_runs_total": kept.runs._labelnames,
        "idp_job_last_success_seconds": kept.last._labelnames,
    }
    assert set(labels) <= set(kinds)
    found: dict[str, set[str]] = {"up": set()}
    for name, kind in kinds.items():
        mine = set(labels.get(name, ()))
        if kind == "histogram":
            found |= {f"{name}_sum": mine, f"{name}_count": mine, f"{name}_bucket": mine | {"le"}}
        else:
            found[name] = mine
    return found


@pytest.fixture
def values(city: City) -> dict[str, set[str]]:
    """Return what labels may say, from the tables that the code goes by."""
    people = {rule.rule for rule in create_app(city.flows).url_map.iter_rules()}
    constants = {
        node.value
        for path in (ROOT / "idp").rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {
        "route": set(routes(city.flows)) | people | {"none"},
        "kind": {text for text in constants if re.fullmatch(r"[a-z_]+\.[a-z_]+", text)},
        "task": {job.name for job in jobs(city.flows)},
        "outcome": {"succeeded", "failed"},
        "job": {"idp"},
    }


def test_every_metric_and_label_that_is_named_exists(told: dict[str, set[str]], values: dict[str, set[str]]) -> None:
    assert len(queries()) > 25
    for query in queries():
        used = list(selectors(query))
        assert used, query
        for selector in used:
            assert selector.metric in told, f"{query}: there is no {selector.metric}"
            for label, value in selector.labels:
                assert label in told[selector.metric] | SCRAPED, f"{query}: {selector.metric} has no {label}"
                if label == "status":
                    assert re.fullmatch(r"[1-5](\.\.|\d\d)", value)
                else:
                    assert value in values[label], f"{query}: {label} is never {value}"
        known = set.union(*(told[selector.metric] for selector in used))
        assert grouped(query) <= known | SCRAPED, query


def test_everything_that_is_told_is_looked_at(told: dict[str, set[str]]) -> None:
    """A metric that nobody looks at is a metric that nobody misses; what the library adds to a metric comes with it."""
    used = {selector.metric for query in queries() for selector in selectors(query)}
    unseen = {name for name in told if name.startswith("idp_") and not name.endswith(("_count", "_created"))} - used

    assert not unseen, f"Put these on the dashboard, or don't count them: {sorted(unseen)}"


def test_panels_stand_apart_and_say_what_they_show() -> None:
    places: set[tuple[int, int]] = set()
    assert len({panel["id"] for panel in panels()}) == len(panels())
    for panel in panels():
        place = panel["gridPos"]
        area = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not area & places, f"{panel['title']} lies over another panel"
        places |= area
        assert panel["type"] == "row" or (panel["targets"] and panel["fieldConfig"]["defaults"]["unit"])
    assert max(x for x, _ in places) == 23


def test_every_alert_says_how_bad_it_is_and_what_happened() -> None:
    for alert in alerts():
        assert alert["labels"]["severity"] in ("critical", "warning")
        assert alert["annotations"]["summary"]
    assert len({alert["alert"] for alert in alerts()}) == len(alerts())
