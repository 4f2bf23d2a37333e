"""Step-up for a server that takes access tokens and for the portal that calls it (RFC 9470). Copy it; it stands alone.

The server answers a token whose sign-in isn't enough with 401 and ``challenge``; the portal turns that answer into the
``wishes`` of a new authorization request, and calls again with what comes of it.
"""

import json
import re
import time
from collections.abc import Mapping
from typing import Any

LEVELS = ("simplified", "standard", "full")  # each one does for what needs a lower one; legal-entity stands apart
NOT_ENOUGH = "insufficient_user_authentication"
_PARAMETER = re.compile(r'([a-z_]+)="([^"]*)"')


def enough(told: Mapping[str, Any], level: str, max_age: int | None = None) -> bool:
    """Whether a token's sign-in will do; ``told`` is what introspection says of it."""
    acr, auth_time = told.get("acr"), told.get("auth_time", 0)
    ranked = acr in LEVELS and level in LEVELS
    if not (LEVELS.index(str(acr)) >= LEVELS.index(level) if ranked else acr == level):
        return False
    return max_age is None or time.time() - auth_time <= max_age


def challenge(level: str, max_age: int | None = None) -> str:
    """The ``WWW-Authenticate`` of the answer 401 (RFC 9470, 3)."""
    words = f'Bearer error="{NOT_ENOUGH}", error_description="the sign-in is not enough", acr_values="{level}"'
    return words if max_age is None else f'{words}, max_age="{max_age}"'


def wishes(www_authenticate: str) -> dict[str, str] | None:
    """What to ask of the provider after such an answer; None if it is another one.

    The level is asked as an essential claim: it is binding, so nobody comes back with less to be sent away again.
    """
    asked = dict(_PARAMETER.findall(www_authenticate))
    if asked.get("error") != NOT_ENOUGH:
        return None
    found = {}
    if asked.get("acr_values"):
        acr = {"essential": True, "values": asked["acr_values"].split()}
        found["claims"] = json.dumps({"id_token": {"acr": acr}})
    if asked.get("max_age", "").isdigit():
        found["max_age"] = asked["max_age"]
    return found
