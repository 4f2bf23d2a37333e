"""Keys made once, for the tests that wire a whole city."""

from tests.machines import key_folder

__all__ = ["key_folder"]
