"""The same Anna as for the flows of her account."""

from tests.flows.account.conftest import anna
from tests.machines import city, key_folder

__all__ = ["anna", "city", "key_folder"]
