"""What the administrators' API refuses: problem details (RFC 9457) with a stable code and words in two languages."""

import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from idp.accounts.throttle import TooMany
from idp.endpoints.dialect import ROUTE, Dialect, Environ, NotAllowed, NothingThere
from idp.endpoints.json_body import NotJson
from idp.endpoints.reader import TooLarge, read_document
from idp.endpoints.reply import NO_STORE, Reply
from idp.kernel.refusal import Faulty, Refused, Unavailable
from idp.kernel.words import Words, catalogues
from idp.protocol.errors import OAuthError
from idp.protocol.requests import MalformedRequest

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
#: Every code, and the status it comes with. A code keeps its meaning; new ones may be added.
PROBLEMS = {
    "api.malformed": 400,
    "api.not_json": 400,
    "api.parameters": 400,
    "api.idempotency_malformed": 400,
    "oauth.invalid_request": 400,
    "oauth.invalid_token": 401,
    "oauth.insufficient_scope": 403,
    "api.not_found": 404,
    "client.unknown": 404,
    "api.method": 405,
    "client.changed_meanwhile": 409,
    "client.has_no_secret": 409,
    "api.precondition_failed": 412,
    "api.too_large": 413,
    "api.media_type": 415,
    "client.faulty": 422,
    "api.idempotency_reused": 422,
    "api.precondition_missing": 428,
    "api.too_many": 429,
    "api.failed": 500,
    "api.unavailable": 503,
}
#: The document at this path, below the issuer, tells every code: it is the ``type`` of a problem.
PATH = "/admin/v1/problems"


class WrongMediaType(Refused):
    """The body is of another type than the operation takes; ``Accept-Post`` or ``Accept-Patch`` says which."""

    def __init__(self, method: str, known: str) -> None:
        super().__init__("api.media_type", known=known)
        self.method = method


def dialect(issuer: str) -> Dialect:
    """Return how the API reads and refuses."""

    def refuse(error: Exception, environ: Environ) -> Reply:
        words = catalogues()[_locale(environ)]
        refused, headers = _known(error)
        if refused is None:
            logger.error("the endpoint %s failed", environ.get(ROUTE, "none"), exc_info=error)
            refused = Refused("api.failed")
        status = PROBLEMS[refused.code]
        document: dict[str, Any] = {
            "type": f"{issuer}{PATH}#{refused.code}",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": _detail(refused, words),
            "code": refused.code,
        }
        if isinstance(refused, Faulty):
            document["errors"] = [
                {"field": fault.field, "code": fault.code, "reason": _bare(words.plain(fault.code, **fault.params))}
                for fault in refused.faults
            ]
        return _reply(document, words, headers)

    return Dialect(read_document, refuse)


def listed() -> list[dict[str, Any]]:
    """Return every code with its status and its words, for the address that problems have as their type."""
    return [
        {"code": code, "status": status, **{locale: _bare(words.plain(code)) for locale, words in catalogues().items()}}
        for code, status in PROBLEMS.items()
    ]


def _known(error: Exception) -> tuple[Refused | None, Iterable[tuple[str, str]]]:
    """Return the refusal that the API tells, and the headers that go with it; none for what nobody foresaw."""
    match error:
        case OAuthError():
            return error, error.headers
        case TooMany():
            seconds = str(error.params["minutes"] * 60)
            return Refused("api.too_many", **error.params), [("Retry-After", seconds)]
        case WrongMediaType():
            return error, [(f"Accept-{error.method.capitalize()}", error.params["known"])]
        case Refused():
            return (error, ()) if error.code in PROBLEMS else (None, ())
        case Unavailable():
            logger.warning("a store doesn't answer: %s", error)
            return Refused("api.unavailable"), [("Retry-After", "5")]
        case NotAllowed():
            return Refused("api.method", known=error.allow), [("Allow", error.allow)]
        case NothingThere():
            return Refused("api.not_found"), ()
        case NotJson():
            return Refused("api.not_json", reason=str(error)), ()
        case TooLarge():
            return Refused("api.too_large"), ()
        case MalformedRequest():
            return Refused("api.malformed", reason=str(error)), ()
    return None, ()


def _reply(document: dict[str, Any], words: Words, headers: Iterable[tuple[str, str]]) -> Reply:
    reply = Reply.json(document, document["status"])
    named = (("Content-Type", MEDIA_TYPE), ("Content-Language", words.locale), ("Vary", "Accept-Language"))
    return Reply(reply.status, (*named, *NO_STORE, *headers), reply.body)


def _locale(environ: Environ) -> str:
    """Developers read English unless they ask for Russian first."""
    return "ru" if environ.get("HTTP_ACCEPT_LANGUAGE", "").strip().lower().startswith("ru") else "en"


def _detail(refused: Refused, words: Words) -> str:
    """Return what happened here; OAuth's refusals say it in English alone (RFC 6749 5.2)."""
    if isinstance(refused, OAuthError) and words.locale == "en":
        return refused.description
    return _bare(words.plain(refused.code, **refused.params))


def _bare(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")
