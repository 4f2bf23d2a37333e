"""The machines' door: from the exact path and method to an endpoint, from whatever it raises to a reply."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from idp.endpoints.reader import TooLarge, read
from idp.endpoints.reply import Reply
from idp.kernel.refusal import Unavailable
from idp.protocol.errors import OAuthError, TemporarilyUnavailable
from idp.protocol.requests import MalformedRequest, Request

logger = logging.getLogger(__name__)
Environ = dict[str, Any]
Start = Callable[..., Any]
Wsgi = Callable[[Environ, Start], Iterable[bytes]]
#: Where a door notes which row of its table answered.
ROUTE = "idp.route"


class Endpoint(Protocol):
    def __call__(self, request: Request) -> Reply:
        """Answer one request; raise ``OAuthError`` to refuse it."""


@dataclass(frozen=True, slots=True)
class Router:
    """``routes`` maps a path to its endpoints by method; every other path goes to the people's door."""

    routes: Mapping[str, Mapping[str, Endpoint]]
    people: Wsgi
    max_bytes: int
    max_parameters: int

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        methods = self.routes.get(environ.get("PATH_INFO", ""))
        if methods is None:
            return self.people(environ, start_response)
        environ[ROUTE] = environ["PATH_INFO"]
        reply = self._answer(methods, environ)
        headers = [*reply.headers, ("Content-Length", str(len(reply.body))), ("X-Content-Type-Options", "nosniff")]
        start_response(reply.line, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    def _answer(self, methods: Mapping[str, Endpoint], environ: Environ) -> Reply:
        method = environ["REQUEST_METHOD"]
        endpoint = methods.get("GET" if method == "HEAD" else method)
        if endpoint is None:
            if method == "OPTIONS":
                return Reply(204, (("Allow", ", ".join(sorted(methods))),))
            refused = Reply.json({"error": "invalid_request", "error_description": "method not allowed"}, 405)
            return Reply(405, (*refused.headers, ("Allow", ", ".join(sorted(methods)))), refused.body)
        try:
            return endpoint(read(environ, self.max_bytes, self.max_parameters, environ.get("REMOTE_ADDR", "")))
        except OAuthError as error:
            return _refusal(error)
        except MalformedRequest as error:
            status = 413 if isinstance(error, TooLarge) else 400
            return Reply.json({"error": "invalid_request", "error_description": str(error)}, status)
        except Unavailable as error:
            logger.warning("the endpoint %s: %s", environ.get("PATH_INFO", ""), error)
            return _refusal(TemporarilyUnavailable("try again in a moment", (("Retry-After", "5"),)))
        except Exception:
            logger.exception("the endpoint %s failed", environ.get("PATH_INFO", ""))
            return Reply.json({"error": "server_error", "error_description": "something failed on our side"}, 500)


def _refusal(error: OAuthError) -> Reply:
    return Reply.json(error.document(), error.status, error.headers)
