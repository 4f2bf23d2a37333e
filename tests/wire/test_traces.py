"""Traces of a person's whole way, as a collector gets them: each request with what it was spent on; nobody is named."""

import subprocess
import sys

import pytest

from idp.kernel.refusal import Faulty
from idp.kernel.settings import load
from tests.wire.collector import Seen, collecting
from tests.wire.walk import Walked, spellings

SERVER, CLIENT = 2, 3
ALLOWED = {
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "idp.request",
    "db.system.name",
    "db.query.text",
    "idp.client",
}


def of(walked: Walked, name: str) -> list[Seen]:
    return [span for span in walked.spans if span.name == name]


def beneath(walked: Walked, root: Seen) -> set[str]:
    """Return the names of the spans of a request."""
    return {span.name for span in walked.spans if span.trace == root.trace and span.id != root.id}


def test_a_request_tells_route_status_and_the_id_that_the_log_has(walked: Walked) -> None:
    roots = [span for span in walked.spans if span.kind == SERVER]
    routes = {span.attributes["http.route"] for span in roots}

    assert {"/authorize", "/sign-up", "/sign-in", "/token", "/userinfo", "none"} <= routes
    assert all(not span.parent for span in roots)
    assert all(
        span.name == f"{span.attributes['http.request.method']} {span.attributes['http.route']}" for span in roots
    )
    written = "\n".join(walked.lines)
    assert all(f'"request":"{span.attributes["idp.request"]}"' in written for span in roots)
    (failed,) = (span for span in roots if span.attributes["idp.request"] == walked.failed)
    assert failed.failed and failed.attributes["http.response.status_code"] == 500
    assert [span.name for span in roots if span.failed] == [failed.name]


def test_statements_hashes_and_messages_stand_where_they_were_made(walked: Walked) -> None:
    signing = [span for span in of(walked, "POST /sign-in") if span.attributes["http.response.status_code"] == 400]
    assert signing and all("password hash" in beneath(walked, span) for span in signing)
    (registered,) = of(walked, "POST /sign-up")
    assert "password hash" in beneath(walked, registered)
    (confirmed,) = of(walked, "POST /sign-up/email")
    assert {"BEGIN", "COMMIT", "INSERT accounts", "INSERT journal"} <= beneath(walked, confirmed)
    exchanged = [beneath(walked, span) for span in of(walked, "POST /token")]
    assert any("UPDATE entries" in names for names in exchanged), "the short-lived store is told of too"
    (sent, *_) = of(walked, "send email")
    assert "UPDATE outbox" in beneath(walked, sent)
    statements = [span for span in walked.spans if "db.query.text" in span.attributes]
    assert all(span.kind == CLIENT and span.parent for span in statements)
    assert len({span.process for span in walked.spans}) >= 2, "workers and jobs each tell of themselves"


def test_nothing_personal_and_nothing_secret_leaves_in_a_span(walked: Walked) -> None:
    assert {name for span in walked.spans for name in span.attributes} <= ALLOWED
    assert not any(span.events for span in walked.spans), "an exception's words would stand there"
    told = "\n".join(str((span.name, span.attributes)) for span in walked.spans)
    spelled = {form for value in walked.hidden if value for form in spellings(value)}
    assert not [value for value in spelled if value in told]


def test_each_kind_of_store_tells_its_statements_without_their_values(store_urls: tuple[str, str]) -> None:
    script = (
        "import sys\nfrom idp.kernel import tracing\nfrom idp.kernel.settings import load\n"
        "from idp.store.accounts import Accounts\nfrom idp.wiring import stores\n"
        "settings = load(None, {'IDP__DATABASE__URL': sys.argv[2], 'IDP__SHORT_LIVED__URL': sys.argv[3]})\n"
        "tracing.start(sys.argv[1], 1.0, '1')\n"
        "database, short_lived = stores.durable(settings), stores.short_lived(settings)\n"
        "with tracing.span('request'):\n"
        "    Accounts(database).get('anna-ivanova')\n"
        "    short_lived.put('code', 'anna-secret', 'anna-value', 5), short_lived.take('code', 'anna-secret')\n"
        "short_lived.get('code', 'outside of any span')\n"
        "short_lived.close(), database.close(), tracing.stop()\n"
    )
    with collecting() as collector:
        subprocess.run([sys.executable, "-c", script, collector.address, *store_urls], check=True)
        spans = [span for span in collector.spans() if span.name != "request"]
    system = store_urls[0].partition("+")[0].partition(":")[0]
    short_lived = ("redis", "EVAL") if system == "postgresql" else ("sqlite", "INSERT entries")

    assert {(span.attributes["db.system.name"], span.name) for span in spans} >= {
        (system, "SELECT accounts"),
        short_lived,
    }
    assert len(spans) == 3 and "anna" not in str(spans)


def test_without_an_endpoint_the_library_need_not_even_be_there() -> None:
    script = (
        "import sys\nsys.modules['opentelemetry'] = None\nfrom idp.kernel import tracing\n"
        "import idp.wsgi, idp.cli.jobs\ntracing.start('', 1.0, '1')\n"
        "with tracing.span('x'), tracing.statement('sqlite', 'SELECT 1') as told: assert told is None\n"
        "tracing.answered('x', False, lambda: 1 / 0)\ntracing.stop()\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("endpoint", ["collector:4318", "ftp://collector/", "http://", "/v1/traces"])
def test_an_endpoint_that_is_no_web_address_is_refused(endpoint: str) -> None:
    with pytest.raises(Faulty) as refused:
        load(None, {"IDP__TRACING__ENDPOINT": endpoint})

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("tracing.endpoint", "setting.not_a_web_address")
    ]


def test_an_endpoint_without_the_extra_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.kernel.settings_rules.find_spec", lambda _name: None)
    with pytest.raises(Faulty) as refused:
        load(None, {"IDP__TRACING__ENDPOINT": "http://127.0.0.1:4318/v1/traces"})

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("tracing.endpoint", "setting.extra_missing")
    ]
