"""Every operation of the administrators' API, in one table: the router and the OpenAPI document are made from it."""

from dataclasses import dataclass
from enum import StrEnum

from idp.endpoints import problems

ROOT = "/admin/v1"
CLIENTS = f"{ROOT}/clients"
CLIENT = f"{CLIENTS}/{{client_id}}"
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
FEWEST, MOST, USUAL = 1, 200, 50


class Precondition(StrEnum):
    """What an operation makes of ``If-Match`` (RFC 9110 13.1.1)."""

    NONE = "none"
    HEEDED = "heeded"
    NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the address; a number has bounds."""

    name: str
    summary: str
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """``name`` is the act of ``ClientsApi`` and the operationId; ``takes`` and ``gives`` are the bodies' types by name.

    ``repeatable`` ones heed ``Idempotency-Key``; ``open`` ones need no token.
    """

    method: str
    path: str
    name: str
    summary: str
    gives: str
    status: int = 200
    takes: str = ""
    media_type: str = JSON
    query: tuple[Parameter, ...] = ()
    precondition: Precondition = Precondition.NONE
    repeatable: bool = False
    open: bool = False
    refuses: tuple[str, ...] = ()


_PAGE = (
    Parameter("limit", f"How many clients at most, {USUAL} if not said", FEWEST, MOST),
    Parameter("cursor", "`next` of the page before, for the same search"),
    Parameter("name", "Beginnings of words that the client's names or id have"),
    Parameter("owner", "The whole owner, in letters of any case"),
)
_CHANGED = ("client.unknown", "client.changed_meanwhile", "api.precondition_failed")
OPERATIONS = (
    Operation("GET", CLIENTS, "find", "Find clients, by id, a page at a time", "ClientPage", query=_PAGE),
    Operation(
        "POST",
        CLIENTS,
        "add",
        "Register a client",
        "ClientWithSecret",
        status=201,
        takes="NewClient",
        repeatable=True,
        refuses=("client.faulty", "client.changed_meanwhile"),
    ),
    Operation("GET", CLIENT, "show", "Read a client", "Client", refuses=("client.unknown",)),
    Operation(
        "PATCH",
        CLIENT,
        "change",
        "Change a client by a merge patch (RFC 7396)",
        "ClientWithSecret",
        takes="ClientPatch",
        media_type=MERGE_PATCH,
        precondition=Precondition.NEEDED,
        refuses=("client.faulty", *_CHANGED),
    ),
    Operation(
        "DELETE",
        CLIENT,
        "remove",
        "Forget a client and end everything people allowed it",
        "",
        status=204,
        precondition=Precondition.NEEDED,
        refuses=_CHANGED,
    ),
    Operation(
        "POST",
        f"{CLIENT}/secret",
        "rotate_secret",
        "Give a client a new secret; it is shown this once",
        "ClientWithSecret",
        precondition=Precondition.HEEDED,
        repeatable=True,
        refuses=("client.has_no_secret", *_CHANGED),
    ),
    Operation(
        "POST",
        f"{CLIENT}/disable",
        "disable",
        "Refuse the client everything; its registration stays",
        "Client",
        precondition=Precondition.HEEDED,
        refuses=_CHANGED,
    ),
    Operation(
        "POST",
        f"{CLIENT}/enable",
        "enable",
        "Take a disabling back",
        "Client",
        precondition=Precondition.HEEDED,
        refuses=_CHANGED,
    ),
    Operation("GET", problems.PATH, "problems", "Read the codes of problems", "Problems", open=True),
    Operation("GET", f"{ROOT}/openapi.json", "openapi", "Read this description", "Description", open=True),
)


def codes(operation: Operation) -> list[str]:
    """Return every code that the operation may refuse with."""
    found = ["api.too_large", "api.malformed", "api.failed", "api.unavailable", "api.parameters", *operation.refuses]
    if not operation.open:
        found += ["oauth.invalid_token", "oauth.insufficient_scope", "api.too_many"]
    if operation.takes:
        found += ["api.not_json", "api.media_type"]
    if operation.precondition is Precondition.NEEDED:
        found.append("api.precondition_missing")
    if operation.repeatable:
        found += ["api.idempotency_malformed", "api.idempotency_reused"]
    return sorted(found, key=lambda code: (problems.PROBLEMS[code], code))
