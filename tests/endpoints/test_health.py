"""Health tells the truth, and a store that hangs can't hold the answer up."""

import threading

from idp.endpoints.health import ReadyEndpoint, live
from idp.flows.ready import Ready
from idp.protocol.requests import Request
from tests.city import City


def test_a_working_city_is_live_and_ready(city: City) -> None:
    assert city.call("GET", "/health/live").json == {"status": "live"}
    ready = city.call("GET", "/health/ready")

    assert ready.status == 200
    assert ready.json == {"status": "ready", "parts": {"database": "ok", "short_lived": "ok", "keys": "ok"}}
    assert ready.headers["cache-control"] == "no-store"


def test_a_part_out_of_order_is_named() -> None:
    def broken() -> None:
        raise OSError

    answer = ReadyEndpoint(Ready({"database": broken, "keys": list}))(Request("GET", "/health/ready"))

    assert answer.status == 503
    assert b'"database":"failed"' in answer.body
    assert b'"keys":"ok"' in answer.body
    assert live(Request("GET", "/health/live")).status == 200


def test_a_part_that_hangs_is_asked_once_and_holds_nobody_up() -> None:
    let_go, asked = threading.Event(), []

    def hangs() -> None:
        asked.append(1)
        let_go.wait(30)

    ready = Ready({"database": hangs})
    try:
        assert ready() == {"database": "slow"}
        assert ready() == {"database": "slow"}
        assert asked == [1]
    finally:
        let_go.set()
        ready.close()
