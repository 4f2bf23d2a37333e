"""Describes the administrators' API in OpenAPI 3.1, from the tables that it runs by: nothing here is said twice."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import idp
from idp.clients.offered import Offered
from idp.endpoints import problems
from idp.endpoints.admin_operations import OPERATIONS, ROOT, Operation, Parameter, Precondition, codes
from idp.endpoints.openapi_schemas import schemas
from idp.protocol.metadata import ENDPOINTS
from idp.protocol.scopes import MANAGE_CLIENTS

_TEXT = {"type": "string"}
_ABOUT = """Register, change, disable and remove the client applications of the provider.

Call it with a token of an administrator (`idp tokens add`), or with an access token that a client which is registered
for the scope `{scope}` got by client_credentials for this provider. A change names the version it was made from by
`If-Match`. A request with an `Idempotency-Key` acts once within a day and is answered the same again, a new secret
included. Whatever is refused comes as problem details (RFC 9457) with a stable `code`; `Accept-Language: ru` has the
words in Russian."""


def description(issuer: str, offered: Offered) -> dict[str, Any]:
    """Return the whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Clients of the identity provider",
            "version": idp.__version__,
            "description": _ABOUT.format(scope=MANAGE_CLIENTS),
        },
        "servers": [{"url": issuer}],
        "tags": [{"name": ROOT.rpartition("/")[2], "description": "Members may be added; none changes its meaning."}],
        "paths": paths,
        "components": {
            "schemas": schemas(offered),
            "securitySchemes": {
                "administrator": {"type": "http", "scheme": "bearer", "description": "A token by `idp tokens add`"},
                "service": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": issuer + ENDPOINTS["token_endpoint"],
                            "scopes": {MANAGE_CLIENTS: "Administer clients"},
                        }
                    },
                },
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [ROOT.rpartition("/")[2]],
        "parameters": list(_parameters(operation)),
        "security": [] if operation.open else [{"administrator": []}, {"service": [MANAGE_CLIENTS]}],
        "responses": {str(operation.status): _answer(operation), **_refusals(operation)},
    }
    if operation.takes:
        described["requestBody"] = {"required": True, "content": _content(operation.takes, operation.media_type)}
    return described


def _parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    if "{client_id}" in operation.path:
        yield {"name": "client_id", "in": "path", "required": True, "schema": _reference("ClientId")}
    for parameter in operation.query:
        yield {"name": parameter.name, "in": "query", "description": parameter.summary, "schema": _kind(parameter)}
    if operation.precondition is not Precondition.NONE:
        yield {
            "name": "If-Match",
            "in": "header",
            "description": "Entity tag of the version that was seen",
            "required": operation.precondition is Precondition.NEEDED,
            "schema": _TEXT,
        }
    if operation.repeatable:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The caller's name for this request, to send it again without doing it again",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
        }


def _kind(parameter: Parameter) -> dict[str, Any]:
    if parameter.least is None:
        return _TEXT
    return {"type": "integer", "minimum": parameter.least, "maximum": parameter.most}


def _answer(operation: Operation) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.gives:
        answer["content"] = _content(operation.gives, "application/json")
    names = [
        *(["ETag"] if operation.gives.startswith("Client") and operation.gives != "ClientPage" else []),
        *(["Location"] if operation.status == HTTPStatus.CREATED else []),
        *(["Link"] if operation.gives == "ClientPage" else []),
    ]
    if names:
        answer["headers"] = {name: {"required": name != "Link", "schema": _TEXT} for name in names}
    return answer


def _refusals(operation: Operation) -> dict[str, Any]:
    """Return a response for each status that the operation refuses with, and the codes it may have."""
    by_status: dict[str, list[str]] = {}
    for code in codes(operation):
        by_status.setdefault(str(problems.PROBLEMS[code]), []).append(code)
    return {
        status: {
            "description": f"{HTTPStatus(int(status)).phrase}: {', '.join(found)}",
            "content": {
                problems.MEDIA_TYPE: {
                    "schema": {"allOf": [_reference("Problem"), {"properties": {"code": {"enum": found}}}]}
                }
            },
        }
        for status, found in by_status.items()
    }


def _content(schema: str, media_type: str) -> dict[str, Any]:
    return {media_type: {"schema": _reference(schema)}}


def _reference(schema: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{schema}"}
