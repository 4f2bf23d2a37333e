"""People who ask the pension fund; and the hierarchy of trust that the tests of signatures make."""

import pytest

from tests.city import City
from tests.flows.account.people import Anna
from tests.flows.verification.fund import Fund, behind
from tests.machines import city, key_folder
from tests.signature.conftest import keys, world

__all__ = ["city", "key_folder", "keys", "world"]


@pytest.fixture
def anna(city: City) -> Anna:
    return Anna.settled(city)


@pytest.fixture
def boris(city: City, anna: Anna) -> Anna:
    """Another account of the same person, or somebody who pretends to be."""
    return Anna.settled(city, "boris", "+79007654321")


@pytest.fixture
def fund(city: City) -> Fund:
    return behind(city.flows)
