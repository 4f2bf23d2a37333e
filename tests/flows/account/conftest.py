"""A city with Anna, who knows her password, and her post."""

import pytest

from tests.city import City
from tests.flows.account.people import Anna, Post
from tests.machines import city, key_folder

__all__ = ["city", "key_folder"]


@pytest.fixture
def anna(city: City) -> Anna:
    """Anna with a confirmed e-mail and phone, two sessions, and a portal in each."""
    return Anna.settled(city)


@pytest.fixture
def post(city: City) -> Post:
    return Post(city.flows)
