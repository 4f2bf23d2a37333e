"""How the city's own applications get to the provider: by this machine's address, whatever its name is."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from demo.place import Place
from demo.portals.provider import web_client


class TellsHost(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["Host"].encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("host", ["city.example", "город.рф", "192.0.2.77", "localhost"])
def test_no_name_has_to_resolve(host, tmp_path):
    with HTTPServer(("127.0.0.1", 0), TellsHost) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        place = Place.of(host, server.server_port, tmp_path)
        with web_client(place.issuer, "127.0.0.1") as web:
            assert f"http://{web.get(place.issuer).text}" == place.issuer
        thread.join()
