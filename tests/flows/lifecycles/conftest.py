"""Keys made once for all of these."""

from tests.machines import key_folder

__all__ = ["key_folder"]
