"""The machines' door, wired as in a worker."""

from tests.machines import city, key_folder, town

__all__ = ["city", "key_folder", "town"]
