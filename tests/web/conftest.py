"""The people's door over the whole callable: Anna, who is signed in or not, and the portals around her."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from idp.store.tables.accounts import AccountRow
from tests.city import PERSON, City
from tests.machines import city, key_folder
from tests.visitor import PASSWORD, Visitor

__all__ = ["city", "key_folder"]


@pytest.fixture
def town(city: City) -> City:
    """Anna with a session, two portals of the city's own, and an app that isn't."""
    city.person()
    city.session()
    city.client("parking", first_party=True, client_uri="https://parking.test/")
    city.client("library", client_name="Library", first_party=True)
    city.client("our-city", client_name="Our City", policy_uri="https://our.test/policy")
    return city


@pytest.fixture
def visitor(town: City) -> Visitor:
    """A browser without a session; Anna knows her password."""
    hashed = town.flows.hasher.make(PASSWORD)
    town.flows.database.run(update(AccountRow).where(AccountRow.id == PERSON).values(password_hash=hashed))
    return Visitor(town.flows)


@pytest.fixture
def anna(visitor: Visitor) -> Visitor:
    """A browser where Anna signed in a minute ago."""
    return visitor.wears()


class Portals:
    """Stands for the network: notes what is posted to portals, and answers as told."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, int | OSError] = {}

    def __call__(self, url: str, form: dict[str, str], timeout: float | None = None) -> int:
        self.posted.append((url, dict(form)))
        given = self.answers.get(url, 200)
        if isinstance(given, OSError):
            raise given
        return given


@pytest.fixture
def portals(town: City, monkeypatch: pytest.MonkeyPatch) -> Portals:
    listening = Portals()
    telling = town.flows.people.end_sessions.tell
    post: Callable[..., Any] = listening
    object.__setattr__(telling, "post", post)
    return listening
