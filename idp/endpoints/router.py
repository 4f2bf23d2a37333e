"""The machines' door: from the path and method to an endpoint, from whatever it raises to a reply."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from idp.endpoints.dialect import OAUTH, ROUTE, Dialect, Environ, NotAllowed, NothingThere
from idp.endpoints.reply import Reply
from idp.protocol.requests import Request

Start = Callable[..., Any]
Wsgi = Callable[[Environ, Start], Iterable[bytes]]
#: ``{name}`` stands for one part of a path, ``{name:rest}`` for all that comes.
_BRACES = re.compile(r"\{(\w+)(:rest)?\}")


class Endpoint(Protocol):
    def __call__(self, request: Request) -> Reply:
        """Answer one request; raise what the dialect of its address knows to refuse it."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What stands at an address: its endpoints by method, none where the address only says that nothing is there."""

    methods: Mapping[str, Endpoint]
    dialect: Dialect = OAUTH

    def answer(self, environ: Environ, max_bytes: int, max_parameters: int, captured: Mapping[str, str]) -> Reply:
        method = environ["REQUEST_METHOD"]
        endpoint = self.methods.get("GET" if method == "HEAD" else method)
        try:
            if not self.methods:
                raise NothingThere
            if endpoint is None:
                if method == "OPTIONS":
                    return Reply(204, (("Allow", ", ".join(sorted(self.methods))),))
                raise NotAllowed(self.methods)
            request = self.dialect.read(environ, max_bytes, max_parameters)
            return endpoint(replace(request, captured=captured) if captured else request)
        except Exception as error:
            return self.dialect.refuse(error, environ)


Routes = Mapping[str, Mapping[str, Endpoint] | Resource]


class Router:
    """``routes`` maps a path, or a pattern of paths, to what stands there; every other path goes to the people's door.

    An exact path is one look-up. Patterns are tried in the order of the table, and only where their beginning fits.
    """

    def __init__(self, routes: Routes, people: Wsgi, max_bytes: int, max_parameters: int) -> None:
        resources = {path: met if isinstance(met, Resource) else Resource(met) for path, met in routes.items()}
        self._exact = {path: resource for path, resource in resources.items() if "{" not in path}
        self._patterns = [(pattern(path), path, found) for path, found in resources.items() if "{" in path]
        self._beginnings = tuple({path.partition("{")[0] for path in resources if "{" in path})
        self._people = people
        self._max_bytes = max_bytes
        self._max_parameters = max_parameters

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        resource, row, captured = self._exact.get(path), path, _NOTHING
        if resource is None:
            found = self._by_pattern(path) if path.startswith(self._beginnings) else None
            if found is None:
                return self._people(environ, start_response)
            resource, row, captured = found
        environ[ROUTE] = row
        reply = resource.answer(environ, self._max_bytes, self._max_parameters, captured)
        headers = [*reply.headers, ("Content-Length", str(len(reply.body))), ("X-Content-Type-Options", "nosniff")]
        start_response(reply.line, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    def _by_pattern(self, path: str) -> tuple[Resource, str, Mapping[str, str]] | None:
        for expression, row, resource in self._patterns:
            match = expression.fullmatch(path)
            if match is not None:
                return resource, row, match.groupdict()
        return None


_NOTHING: Mapping[str, str] = {}


def pattern(path: str) -> re.Pattern[str]:
    """Return the expression of a path with braces."""
    parts = _BRACES.split(path)
    spelled = [re.escape(parts[0])]
    for name, rest, literal in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        spelled.append(f"(?P<{name}>.*)" if rest else f"(?P<{name}>[^/]+)")
        spelled.append(re.escape(literal))
    return re.compile("".join(spelled), re.DOTALL)
