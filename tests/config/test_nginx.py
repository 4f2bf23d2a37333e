"""The nginx that we ship, really run with TLS before ``idp serve``: what passes, what is refused, who is let go."""

import socket
import ssl
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.endpoints.administrator import CLIENTS
from tests.front import Front, nginx
from tests.provider import Provider, serving
from tests.servers import free_port
from tests.wire.slow import Slow, half_and_half


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Provider, Front]]:
    folder, port = tmp_path_factory.mktemp("front"), free_port()
    limits = {
        "SERVER__BODY_SECONDS": "4",
        "SERVER__TRUSTED_PROXIES": "127.0.0.1/32",
        "LIMITS__ADMIN_REFUSALS_PER_ADDRESS": "3",
    }
    with serving(tmp_path_factory.mktemp("behind"), issuer=f"https://localhost:{port}", **limits) as provider:
        behind = httpx.URL(provider.address).port or 0
        quick = {"client_header_timeout 5s": "client_header_timeout 3s"}
        with nginx(folder, [behind], port, quick) as front:
            yield provider, front


@pytest.fixture
def client(both: tuple[Provider, Front]) -> Iterator[httpx.Client]:
    front = both[1]
    with httpx.Client(base_url=front.address, verify=front.context, trust_env=False, timeout=30) as client:
        yield client


def test_the_provider_is_reached_by_its_own_name(client, both):
    found = client.get("/.well-known/openid-configuration").json()

    assert found["issuer"] == both[1].address
    page = client.get("/sign-in", headers={"X-Forwarded-For": "203.0.113.9"})
    assert page.status_code < 500 and "__Host-" in page.headers.get("set-cookie", "__Host-")


def test_plain_http_leads_to_https(both):
    answer = httpx.get(f"http://127.0.0.1:{both[1].plain}/authorize?a=b", trust_env=False)

    assert (answer.status_code, answer.headers["location"]) == (301, f"{both[1].address}/authorize?a=b")


def test_tls_1_3_is_spoken_and_1_2_only_by_choice(both):
    front = both[1]
    with (
        socket.create_connection(("127.0.0.1", front.port)) as line,
        front.context.wrap_socket(line, server_hostname="localhost") as spoken,
    ):
        assert spoken.version() == "TLSv1.3"
    older = ssl.create_default_context()
    older.check_hostname, older.verify_mode = False, ssl.CERT_NONE
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", front.port)) as line,
        pytest.raises(ssl.SSLError),
        older.wrap_socket(line, server_hostname="localhost"),
    ):
        pass


def test_nobody_reads_the_metrics_through_it(client):
    assert client.get("/metrics").status_code == 404


def test_a_client_cannot_choose_the_address_it_is_counted_by(client):
    """What it writes into X-Forwarded-For is thrown away, so its wrong tokens add up."""
    told = [
        client.get(CLIENTS, headers={"X-Forwarded-For": f"203.0.113.{at}", "Authorization": "Bearer x"}).status_code
        for at in range(6)
    ]

    assert told == [401, 401, 401, 429, 429, 429]


@pytest.mark.parametrize("size", [100_000, 10_000_000])
def test_a_large_body_is_refused(client, size):
    assert client.post("/token", data={"a": "x" * size}).status_code == 413


def test_who_sends_slowly_is_let_go_and_nobody_waits_for_them(both, client):
    front = both[1]
    spent = []
    with Slow(front.port, half_and_half(60), 0.5, front.context) as slow:
        while slow.open and time.monotonic() < slow.began + 60:
            began = time.monotonic()
            assert client.get("/jwks").status_code == 200
            spent.append(time.monotonic() - began)
            time.sleep(0.02)

        assert slow.open == 0
    assert len(spent) >= 20 and max(spent) < 1
