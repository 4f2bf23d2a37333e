"""Numbers for Prometheus: labels from closed lists, of all workers together, for named networks only."""

from collections.abc import Iterator

import httpx
import pytest

from idp.endpoints.metrics import MetricsEndpoint
from idp.endpoints.peers import networks
from idp.protocol.requests import Request
from tests.provider import Provider, serving

LOOPBACK = networks(("127.0.0.0/8", "::1/128"))


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with serving(tmp_path_factory.mktemp("provider")) as started:
        yield started


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("198.51.100.7", {}, 404),
        ("", {}, 404),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, 404),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}, 404),
    ],
)
def test_only_named_networks_may_read_and_nobody_through_a_proxy(
    address: str, headers: dict[str, str], status: int
) -> None:
    answer = MetricsEndpoint(LOOPBACK, list)(Request("GET", "/metrics", headers=headers, address=address))

    assert answer.status == status
    assert (b"idp_requests" in answer.body) == (status == 200)


def test_workers_count_together_and_routes_are_rows_of_the_tables(provider: Provider) -> None:
    def answered(text: str, route: str) -> float:
        return sum(
            float(line.rpartition(" ")[2])
            for line in text.splitlines()
            if line.startswith("idp_requests_total{") and f'route="{route}"' in line
        )

    def read() -> str:
        answer = httpx.get(f"{provider.address}/metrics", trust_env=False)
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        return answer.text

    before = read()
    for number in range(20):
        # A connection each, so that both workers get some.
        assert httpx.get(f"{provider.address}/jwks", trust_env=False).status_code == 200
        assert httpx.get(f"{provider.address}/nowhere/{number}", trust_env=False).status_code == 404
        assert httpx.get(f"{provider.address}/sign-in", trust_env=False).status_code == 200
    after = read()

    assert answered(after, "/jwks") - answered(before, "/jwks") == 20
    assert answered(after, "/sign-in") - answered(before, "/sign-in") == 20
    assert answered(after, "none") - answered(before, "none") == 20
    assert "nowhere" not in after
    assert "idp_outbox_waiting" in after
    assert "idp_signing_key_age_seconds" in after


def test_nothing_that_anybody_sends_makes_a_new_label(provider: Provider) -> None:
    """Series cost memory in every process and in Prometheus for ever: no stranger may choose their number."""

    def labels() -> set[str]:
        text = httpx.get(f"{provider.address}/metrics", trust_env=False).text
        return {line.rpartition(" ")[0] for line in text.splitlines() if line.startswith("idp_")}

    def send(number: int, client: httpx.Client) -> None:
        odd = f"odd-{number}"
        client.request(f"BREW{number}", "/jwks")
        client.get(f"/{odd}", headers={"Host": odd, "X-Forwarded-For": odd, "User-Agent": odd, odd: odd})
        client.get(f"/static/{odd}.css")
        client.get(f"/authorize?client_id={odd}&scope={odd}&state={odd}")
        client.post("/token", data={"grant_type": odd, "client_id": odd, "client_secret": odd})
        client.post("/sign-in", data={"login": odd, "password": odd})
        client.get(f"/admin/v1/clients/{odd}", headers={"Authorization": f"Bearer {odd}"})
        client.get(f"/admin/v1/{odd}/{odd}")

    with httpx.Client(base_url=provider.address, trust_env=False) as client:
        send(0, client)
        send(1, client)
        before = labels()
        for number in range(2, 40):
            send(number, client)
        after = labels()

    assert after - before == set()
    assert not [series for series in after if "odd" in series or "BREW" in series]
    assert len(after) < 1000
