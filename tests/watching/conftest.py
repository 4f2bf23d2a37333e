"""A city that tells its numbers."""

from tests.machines import city, key_folder

__all__ = ["city", "key_folder"]
