"""``python -m demo.town``: one process that plays the portals, the resource server, the outbox and the fund."""

import argparse
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from demo.cast import PORTALS
from demo.fund.keys import fund_key, fund_token
from demo.fund.records import Records
from demo.fund.site import FundSite
from demo.outbox.messages import Messages
from demo.outbox.site import OutboxSite
from demo.outbox.smtp import smtp_server
from demo.place import Place, Spot
from demo.portals.site import portal_site
from demo.portals.visits import Visits
from demo.records import RecordsSite
from demo.secrets import Safe, gateway_key


class Quiet(WSGIRequestHandler):
    """Keeps connections open, and writes no line for each request."""

    protocol_version = "HTTP/1.1"
    timeout = 15

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def sites(place: Place, visits: Visits, messages: Messages, records: Records) -> Iterator[tuple[Spot, Flask]]:
    """Yield every site of the city and where it stands."""
    safe = Safe.of(place.folder)
    for portal in PORTALS:
        yield portal.spot, portal_site(portal, place, safe, visits).app()
    yield Spot.RECORDS, RecordsSite.of(place, safe).app()
    yield Spot.OUTBOX, OutboxSite(messages, gateway_key(place.folder)).app()
    fund = FundSite(records, fund_token(place.folder), fund_key(place.folder), place.near(Spot.PROVIDER), place.issuer)
    yield Spot.FUND, fund.app()


@contextmanager
def town(place: Place) -> Iterator[None]:
    """Keep everything open as long as the block runs."""
    place.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        visits, messages = Visits(place.folder / "visits.db"), Messages(place.folder / "outbox.db")
        stack.callback(visits.close)
        stack.callback(messages.close)
        records = Records(place.folder / "fund.db")
        stack.callback(records.close)
        letters = smtp_server(messages, place.reach, place.port_of(Spot.SMTP))
        letters.start()
        stack.callback(letters.stop)
        for spot, app in sites(place, visits, messages, records):
            server = make_server(place.listen, place.port_of(spot), app, threaded=True, request_handler=Quiet)
            stack.callback(_end, server)
            threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True, name=spot.name).start()
        yield


def _end(server: BaseWSGIServer) -> None:
    server.shutdown()
    server.server_close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.town")
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=Path("var"))
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    told = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: told.set())
    with town(Place.of(given.host, given.port, given.data)):
        told.wait()


if __name__ == "__main__":
    main()
