"""The hierarchy of trust that the tests of signatures make."""

from tests.signature.conftest import keys, world

__all__ = ["keys", "world"]
