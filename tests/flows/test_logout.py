"""Ending sessions: who is told, when, and what happens to those who didn't listen."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from idp.flows import logout
from idp.flows.logout import EndSessions, Result
from idp.flows.tell_again import TellAgain
from idp.store.outbox import Outbox
from tests.city import City


class Network:
    """The portals' side of the line: what arrived where, and how each address answers."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self.answers: dict[str, Callable[[], int]] = {}

    def __call__(self, url: str, form: dict[str, str], timeout: float | None = None) -> int:
        status = self.answers.get(url, lambda: 200)()
        self.arrived.append(url)
        return status


def down() -> int:
    raise OSError("down")


@pytest.fixture
def network(city: City) -> Network:
    """Anna's session at three portals: two can be told of its end, one can't."""
    network = Network()
    city.person()
    city.session()
    for name in ("parking", "garage"):
        city.client(name, backchannel_logout_uri=f"https://{name}.test/bc")
        city.grant(name)
    city.client("library")
    city.grant("library")
    object.__setattr__(city.flows.people.end_sessions.tell, "post", network)
    return network


@pytest.fixture
def end(city: City, network: Network) -> EndSessions:
    return city.flows.people.end_sessions


@pytest.fixture
def again(city: City, end: EndSessions) -> TellAgain:
    return TellAgain(Outbox(city.flows.database, city.flows.now), city.flows.clients, end.tell, attempts=3, patience=5)


def results(told: list[logout.Told]) -> dict[str, Result]:
    return {one.client.client_id: one.result for one in told}


def test_every_portal_of_the_session_is_told_at_once_and_named_with_its_result(end, network, again, clock):
    network.answers["https://garage.test/bc"] = lambda: 500

    told = results(end.one("session"))

    assert told == {"parking": Result.SIGNED_OUT, "garage": Result.WILL_RETRY, "library": Result.NOT_TOLD}


def test_who_did_not_listen_is_told_by_the_job_until_it_does(end, network, again, clock):
    network.answers["https://garage.test/bc"] = down
    end.one("session")
    network.arrived.clear()

    clock.move(seconds=3)
    assert again() == 1 and network.arrived == []
    network.answers.clear()
    clock.move(seconds=3)
    assert again() == 1 and network.arrived == ["https://garage.test/bc"]
    clock.move(hours=1)
    assert again() == 0


def test_the_job_gives_up_after_so_many_attempts(end, network, again, clock):
    network.answers["https://garage.test/bc"] = down
    end.one("session")

    tries = 0
    for _ in range(10):
        clock.move(hours=2)
        tries += again()

    assert tries == 3


def test_a_worker_killed_between_the_end_and_the_telling_loses_nothing(end, network, again, clock, monkeypatch):
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(EndSessions, "_ask", killed)
    with pytest.raises(KeyboardInterrupt):
        end.one("session")
    assert again() == 0, "a parcel is left to the one who wrote it for a while"

    clock.move(seconds=11)

    assert again() == 2 and sorted(network.arrived) == ["https://garage.test/bc", "https://parking.test/bc"]


def test_a_portal_that_hangs_holds_nobody_up(end, network, monkeypatch):
    object.__setattr__(end, "patience", 0.2)
    release = threading.Event()
    network.answers["https://garage.test/bc"] = lambda: 200 if release.wait(5) else 500

    told = results(end.one("session"))
    release.set()

    assert told["parking"] is Result.SIGNED_OUT and told["garage"] is Result.WILL_RETRY


def test_of_two_presses_one_does_it(end, network):
    assert end.one("session") and end.one("session") == []
    assert len(network.arrived) == 2
    assert end.one("no-such-session") == []


def test_ending_all_sessions_spares_one_and_its_grants(city, end, network):
    city.session("present")
    kept = city.grant("parking", session_id="present", scope=frozenset({"openid"}))
    offline = city.grant("parking", offline=True)

    told = results(end.account("anna", but="present"))

    assert told.keys() == {"parking", "garage", "library"}
    ended = {grant.id for grant in city.flows.grants.of_account("anna")}
    assert kept.id in ended and offline.id not in ended


def test_a_session_left_behind_is_told_by_the_job_alone(end, network, again):
    end.unheard("session")
    assert network.arrived == []

    assert again() == 2
