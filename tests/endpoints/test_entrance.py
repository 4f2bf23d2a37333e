"""Every request has one id: the answer carries it, and so does every line of the log."""

import logging
from typing import Any

import orjson
import pytest

from idp.endpoints.dialect import ROUTE
from idp.endpoints.entrance import Entrance
from idp.endpoints.peers import Peers, networks
from idp.kernel.logs import JsonLines, request_id


def call(door: Entrance, **environ: Any) -> dict[str, str]:
    told: list[Any] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/x/anna", "QUERY_STRING": "login_hint=anna", **environ}
    door(environ, lambda status, headers, *_: told.extend((status, headers)))
    return {"status": told[0], **{name.lower(): value for name, value in told[1]}}


def test_answer_and_log_lines_carry_one_id_and_neither_path_nor_query(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []

    def app(environ: Any, start: Any) -> list[bytes]:
        seen.extend((request_id(), environ["REMOTE_ADDR"]))
        environ |= {ROUTE: "/x/{name}"} if environ["PATH_INFO"] == "/x/anna" else {}
        start("204 No Content", [])
        return []

    door = Entrance(app, Peers(networks(("10.0.0.0/8",))))
    with caplog.at_level(logging.INFO):
        first = call(door, REMOTE_ADDR="10.1.1.1", HTTP_X_FORWARDED_FOR="198.51.100.1")
        line = orjson.loads(JsonLines().format(caplog.records[-1]))
        second = call(door, REMOTE_ADDR="203.0.113.9")
        call(door, PATH_INFO="/anna")

    assert seen[:2] == [first["x-request-id"], "198.51.100.1"]
    assert first["x-request-id"] != second["x-request-id"]
    assert line["request"] == first["x-request-id"]
    assert line["message"].startswith("GET /x/{name} 204 ")
    assert "anna" not in caplog.text


def test_a_failure_in_the_log_names_nobody() -> None:
    try:
        raise ValueError("Key (value)=(anna.belova@gorod.test) exists; +7 900 123-45-67, 112-233-445 95")
    except ValueError as error:
        record = logging.LogRecord("x", 40, __file__, 1, "for %s", ("ivan@example.ru",), (ValueError, error, None))
    written = JsonLines().format(record)

    assert "ValueError: Key (value)=(***) exists; ***, ***" in written
    assert "for ***" in written
