"""The API for administrators at two real workers, on both kinds of stores: of eight requests one acts."""

from typing import Any

import httpx
import pytest

from idp.kernel.ids import new_id
from tests.endpoints.administrator import CLIENTS, DOCUMENT, PATCH
from tests.provider import Provider
from tests.wire.load import CALLERS, each

ROUNDS = 3


@pytest.fixture
def call(provider: Provider):
    """Send a request on a connection of its own, so that any worker may get it."""
    token = provider.flows.administration.add_token("Test", None).secret

    def send(method: str, path: str, document: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.request(
            method,
            provider.address + path,
            json=document,
            headers={"Authorization": f"Bearer {token}", **named},
            timeout=30,
            trust_env=False,
        )

    return send


def test_of_eight_requests_with_one_key_one_registers_and_all_get_its_answer(provider: Provider, call) -> None:
    for _ in range(ROUNDS):
        key, before = new_id(), len(provider.flows.clients.all())
        told = each(lambda key: call("POST", CLIENTS, DOCUMENT, idempotency_key=key), [key] * CALLERS)

        assert {answer.status_code for answer in told} == {201}
        assert len({answer.text for answer in told}) == 1, "the secret comes again too"
        assert len(provider.flows.clients.all()) == before + 1
        assert call("POST", CLIENTS, {**DOCUMENT, "owner": "X"}, idempotency_key=key).status_code == 422


def test_of_eight_changes_of_one_version_one_is_made(call) -> None:
    address = f"{CLIENTS}/{call('POST', CLIENTS, DOCUMENT).json()['client_id']}"
    for _ in range(ROUNDS):
        tag = call("GET", address).headers["etag"]

        def change(name: str, tag: str = tag) -> httpx.Response:
            return call("PATCH", address, {"client_name": name}, if_match=tag, content_type=PATCH)

        told = each(change, [f"Number {number}" for number in range(CALLERS)])
        assert sorted(answer.status_code for answer in told) == [200] + [412] * (CALLERS - 1)
        (won,) = (answer for answer in told if answer.status_code == 200)
        assert call("GET", address).json() == won.json()


def test_a_revoked_token_is_refused_by_every_worker_at_once(provider: Provider) -> None:
    made = provider.flows.administration.add_token("Brief", None)

    def ask(_: int) -> int:
        headers = {"Authorization": f"Bearer {made.secret}"}
        return httpx.get(provider.address + CLIENTS, headers=headers, timeout=30, trust_env=False).status_code

    assert set(each(ask, range(CALLERS))) == {200}
    provider.flows.administration.revoke_token(made.token.id)
    assert set(each(ask, range(CALLERS))) == {401}
