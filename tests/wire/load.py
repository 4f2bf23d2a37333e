"""Portals that ask at once: many threads, a connection a request, every answer or lost line told."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

from tests.city import CALLBACK, VERIFIER
from tests.provider import Provider

CALLERS = 8


@dataclass(frozen=True)
class Told:
    """``status`` is 0 where the line broke before an answer."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True)
class Portal:
    """A registered client at a running provider; a connection of its own for every request."""

    provider: Provider
    client_id: str

    def post(self, path: str, **form: Any) -> Told:
        pair = f"{self.client_id}:{self.provider.city.secrets[self.client_id]}"
        headers = {
            "Authorization": "Basic " + b64encode(pair.encode()).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
            "Connection": "close",
        }
        line = HTTPConnection(self.provider.address.removeprefix("http://"), timeout=30)
        try:
            line.request("POST", path, urlencode(form), headers)
            answer = line.getresponse()
            content = answer.read()
        except (OSError, HTTPException):
            return Told(0, {})
        finally:
            line.close()
        return Told(answer.status, json.loads(content) if content else {})

    def exchange(self, code: str) -> Told:
        form = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        return self.post("/token", grant_type="authorization_code", **form)

    def refresh(self, token: str) -> Told:
        return self.post("/token", grant_type="refresh_token", refresh_token=token)

    def active(self, token: str) -> bool:
        return bool(self.post("/introspect", token=token).body["active"])

    def new_code(self, **changes: Any) -> str:
        """Return a code as an authorization would have left it in the stores."""
        return self.provider.city.code(self.provider.city.grant(self.client_id, **changes))


def each(act: Callable[[Any], Any], things: Iterable[Any], callers: int = CALLERS) -> list[Any]:
    """Do it with all of them, so many at a time."""
    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(act, things))
