"""Three machines behind the nginx that we ship, over PostgreSQL and Redis: one city, and one of them may go."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.city import CALLBACK, VERIFIER
from tests.front import Front, nginx
from tests.provider import Provider, serving
from tests.servers import free_port
from tests.stores import copy_of_migrated


@dataclass(frozen=True)
class City:
    nodes: list[Provider]
    front: Front

    def token(self, http: httpx.Client, **form: str) -> Any:
        asked = {"Authorization": self.nodes[0].city.basic("parking")}
        return http.post("/token", data=form, headers=asked)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory, postgresql: str, redis: str) -> Iterator[City]:
    port = free_port()
    shared = {
        "DATABASE__URL": copy_of_migrated(postgresql),
        "SHORT_LIVED__URL": redis.removesuffix("/0") + "/3",
        "SERVER__HOSTS": "3",
        "SERVER__WORKERS": "1",
        "SERVER__TRUSTED_PROXIES": "127.0.0.1/32",
    }
    with ExitStack() as running:
        nodes: list[Provider] = []
        for at in range(3):
            folder = tmp_path_factory.mktemp(f"node{at}")
            if nodes:  # the keys are the city's: every machine has the same
                shutil.copytree(nodes[0].flows.settings.keys.folder, folder / "keys")
            nodes.append(running.enter_context(serving(folder, f"https://localhost:{port}", **shared)))
        nodes[0].city.person()
        nodes[0].city.session()
        nodes[0].city.client("parking")
        behind = [httpx.URL(node.address).port or 0 for node in nodes]
        yield City(nodes, running.enter_context(nginx(tmp_path_factory.mktemp("front"), behind, port)))


@pytest.fixture
def http(three: City) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=three.front.address, verify=three.front.context, trust_env=False, timeout=30) as client:
        yield client


def test_what_one_machine_gave_every_other_honours_once(three: City, http: httpx.Client) -> None:
    city = three.nodes[0].city
    code = city.code(city.grant(scope=frozenset({"openid", "offline_access"})))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}

    given = three.token(http, **form)
    assert given.status_code == 200, given.text
    refresh = given.json()["refresh_token"]
    for _ in range(6):  # nginx goes round: each machine has its turn, twice
        answer = three.token(http, grant_type="refresh_token", refresh_token=refresh)
        assert answer.status_code == 200, answer.text
        refresh = answer.json()["refresh_token"]
    told = [http.get("/jwks").json() for _ in range(3)]
    assert told[0] == told[1] == told[2]

    assert three.token(http, **form).status_code == 400
    # The code came twice: what it had given is over, on every machine.
    assert three.token(http, grant_type="refresh_token", refresh_token=refresh).status_code == 400


def test_one_machine_may_go_and_nobody_notices(three: City, http: httpx.Client) -> None:
    city = three.nodes[0].city
    code = city.code(city.grant(scope=frozenset({"openid", "offline_access"})))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    refresh = three.token(http, **form).json()["refresh_token"]

    gone = three.nodes[2]
    for pid in [*gone.workers(), gone.process.pid]:
        os.kill(pid, signal.SIGKILL)
    gone.process.wait()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{gone.address}/jwks", trust_env=False)

    for _ in range(12):
        assert http.get("/health/ready").status_code == 200
        answer = three.token(http, grant_type="refresh_token", refresh_token=refresh)
        assert answer.status_code == 200, answer.text
        refresh = answer.json()["refresh_token"]
