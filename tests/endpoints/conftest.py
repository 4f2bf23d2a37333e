"""The machines' door, wired as in a worker."""

from tests.endpoints.administrator import admin
from tests.machines import city, key_folder, town

__all__ = ["admin", "city", "key_folder", "town"]
