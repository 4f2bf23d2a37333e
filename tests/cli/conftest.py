"""Keys made once: an RSA key takes a while."""

from tests.machines import key_folder

__all__ = ["key_folder"]
