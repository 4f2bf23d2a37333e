"""How a family of addresses reads requests and words its refusals; OAuth's own is the one most of them speak."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from idp.endpoints.reader import TooLarge, read, read_document
from idp.endpoints.reply import Reply
from idp.kernel.refusal import Unavailable
from idp.protocol.errors import OAuthError, TemporarilyUnavailable
from idp.protocol.requests import MalformedRequest, Request

logger = logging.getLogger(__name__)
Environ = dict[str, Any]
#: Where a door notes which row of its table answered: the row's own path, so that there are few of them.
#: Logs and numbers tell it, and never the path that was sent, which may be anybody's name.
ROUTE = "idp.route"


class NotAllowed(Exception):
    """The address doesn't take this method (RFC 9110 15.5.6)."""

    def __init__(self, methods: Mapping[str, object]) -> None:
        super().__init__("method not allowed")
        self.allow = ", ".join(sorted(methods))


class NothingThere(Exception):
    """The address belongs to a family, and nothing stands at it."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """``read`` takes the environment and the most bytes and parameters; ``refuse`` answers whatever was raised."""

    read: Callable[[Environ, int, int], Request]
    refuse: Callable[[Exception, Environ], Reply]


def _refuse(error: Exception, environ: Environ) -> Reply:
    """RFC 6749 5.2: a JSON document with ``error`` and a description for developers."""
    if isinstance(error, Unavailable):
        logger.warning("the endpoint %s: %s", environ.get(ROUTE, "none"), error)
        error = TemporarilyUnavailable("try again in a moment", (("Retry-After", "5"),))
    if isinstance(error, OAuthError):
        return Reply.json(error.document(), error.status, error.headers)
    if isinstance(error, MalformedRequest):
        return _invalid(str(error), 413 if isinstance(error, TooLarge) else 400)
    if isinstance(error, NotAllowed):
        return _invalid("method not allowed", 405, (("Allow", error.allow),))
    if isinstance(error, NothingThere):
        return _invalid("nothing is at this address", 404)
    logger.error("the endpoint %s failed", environ.get(ROUTE, "none"), exc_info=error)
    return Reply.json({"error": "server_error", "error_description": "something failed on our side"}, 500)


def _invalid(description: str, status: int, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    return Reply.json({"error": "invalid_request", "error_description": description}, status, headers)


OAUTH = Dialect(read, _refuse)
#: The same refusals for an address that takes a body which is no form.
DOCUMENTS = Dialect(read_document, _refuse)
