"""Reads a JSON object strictly: UTF-8, no member twice, no number beyond reason, no depth (RFC 8259, RFC 7493)."""

import json
import math
from typing import Any

import orjson

_DEEPEST = 20
#: RFC 7493 2.2: beyond it, software reads other numbers than were written.
_LARGEST = 2**53 - 1


class NotJson(Exception):
    """The body isn't one sound JSON object; the text says why."""


def read_object(body: bytes) -> dict[str, Any]:
    """Return the object; raise ``NotJson``."""
    try:
        # orjson refuses what json lets through: lone surrogates, NaN, bytes that aren't UTF-8.
        orjson.loads(body)
        document = json.loads(body.decode(), object_pairs_hook=_once, parse_float=_finite, parse_int=_exact)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error).partition(":")[0] or "malformed") from error
    if not isinstance(document, dict):
        raise NotJson("it is not an object")
    if _depth(document) > _DEEPEST:
        raise NotJson(f"it is deeper than {_DEEPEST}")
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError("a member stands twice")
    return document


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _exact(text: str) -> int:
    number = int(text)
    if abs(number) > _LARGEST:
        raise ValueError("a number is too large")
    return number


def _depth(document: Any) -> int:
    depth, level = 0, [document]
    while level:
        depth += 1
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
    return depth
