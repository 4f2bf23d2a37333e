"""JSON merge patches (RFC 7396): how the API, the command and the configuration file change a client's document."""

from collections.abc import Mapping
from typing import Any

import orjson


def patched(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with the patch applied: null takes a member away, objects are merged, all else replaces."""
    result = dict(document)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            present = result.get(name)
            result[name] = patched(present if isinstance(present, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def difference(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the patch that makes the wanted document of the present one; neither holds a null."""
    patch: dict[str, Any] = dict.fromkeys(name for name in present if name not in wanted)
    for name, value in wanted.items():
        before = present.get(name)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            inner = difference(before, value)
            if inner:
                patch[name] = inner
        elif name not in present or _spelled(before) != _spelled(value):
            patch[name] = value
    return patch


def _spelled(value: Any) -> bytes:
    """Return the JSON of a value: to Python 0 is False, in a list too, and in JSON it isn't."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
