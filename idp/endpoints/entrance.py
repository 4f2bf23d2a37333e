"""Where every request comes in, before it goes to one of the doors: who asks, under which id, and the line about it."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from idp.endpoints.dialect import ROUTE, Environ
from idp.endpoints.peers import Peers
from idp.endpoints.router import Start, Wsgi
from idp.kernel import tracing
from idp.kernel.logs import begin_request
from idp.kernel.metrics import known_method, request_answered

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entrance:
    """``X-Request-Id`` of the answer is the id that error pages show and log lines hold. A line names the row of
    the table of addresses that answered: what was sent instead, or behind the question mark, may be anybody's name."""

    doors: Wsgi
    peers: Peers
    clock: Callable[[], float] = time.perf_counter

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        began, case = self.clock(), begin_request()
        environ["REMOTE_ADDR"] = self.peers.address(
            environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", "")
        )
        answered = "-"

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            nonlocal answered
            answered = status[:3]
            return start_response(status, [*headers, ("X-Request-Id", case)], *failure)

        method = known_method(environ.get("REQUEST_METHOD", ""))
        with tracing.span("request", "server"):
            body = self.doors(environ, start)
            route = environ.get(ROUTE, "none")
            tracing.answered(f"{method} {route}", answered >= "5", lambda: _told(method, route, answered, case))
        spent = self.clock() - began
        request_answered(route, method, answered, spent)
        logger.info("%s %s %s %.1f ms", method, route, answered, spent * 1000)
        return body


def _told(method: str, route: str, status: str, case: str) -> dict[str, tracing.Told]:
    """Return what a trace tells of a request; its id leads to the lines of the log."""
    return {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": int(status) if status.isdigit() else 0,
        "idp.request": case,
    }
