"""The whole of what a worker builds, without anybody in it."""

from tests.machines import city, key_folder

__all__ = ["city", "key_folder"]
