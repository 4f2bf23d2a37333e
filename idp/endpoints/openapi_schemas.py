"""The bodies of the administrators' API as JSON schemas, from the table of members that clients are judged by."""

from typing import Any

from idp.clients.consistency import MOST_NAME, choices
from idp.clients.jwks import MOST_KEYS
from idp.clients.member_help import HELP
from idp.clients.members import MOST_TEXT, MOST_TEXTS, SHAPES, Shape
from idp.clients.metadata import CLIENT_ID, IGNORED
from idp.clients.offered import Offered
from idp.clients.stored import I18N
from idp.endpoints.problems import PROBLEMS

_LOCALES = ("ru", "en")
_NAME = {"type": "string", "minLength": 1, "maxLength": MOST_NAME}
_TEXT = {"type": "string", "minLength": 1, "maxLength": MOST_TEXT}
_WORDS = {"type": "object", "properties": dict.fromkeys(_LOCALES, _TEXT), "additionalProperties": False}
_SHAPES: dict[Shape, dict[str, Any]] = {
    Shape.TEXT: _TEXT,
    Shape.TEXTS: {"type": "array", "items": _TEXT, "maxItems": MOST_TEXTS},
    Shape.WORDS: {"type": "string", "maxLength": MOST_TEXT},
    Shape.FLAG: {"type": "boolean"},
    Shape.SECONDS: {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    Shape.OBJECT: {"type": "object"},
    Shape.PURPOSES: {"type": "object", "additionalProperties": _WORDS},
}
_KEYS = {
    "type": "object",
    "properties": {"keys": {"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": MOST_KEYS}},
    "required": ["keys"],
}
_CLIENT_ID = {"$ref": "#/components/schemas/ClientId"}
_SECONDS = {"type": "integer", "minimum": 0}


def schemas(offered: Offered) -> dict[str, Any]:
    """Return every schema by its name."""
    members = _members(offered)
    told = {"client_id": _CLIENT_ID, "client_id_issued_at": _SECONDS, **members, "disabled_at": _moment()}
    secret = {"client_secret": {"type": "string"}, "client_secret_expires_at": _SECONDS}
    given = {**members, **{name: {} for name in sorted(IGNORED)}, "client_id": _CLIENT_ID}
    needed = ["client_id", "client_name", "grant_types", "response_types", "scope"]
    return {
        "ClientId": {"type": "string", "pattern": f"^{CLIENT_ID.pattern}$"},
        "NewClient": _closed(given, ["client_name"]),
        "ClientPatch": _closed({name: {"anyOf": [schema, {"type": "null"}]} for name, schema in given.items()}, []),
        "Client": _closed(told, needed),
        "ClientWithSecret": _closed({**told, **secret}, needed),
        "ClientPage": _closed(
            {
                "clients": {"type": "array", "items": {"$ref": "#/components/schemas/Client"}},
                "next": {"type": "string", "description": "Absent on the last page"},
            },
            ["clients"],
        ),
        "Problem": _problem(),
        "Problems": {
            "type": "array",
            "items": _closed(
                {"code": {"type": "string"}, "status": {"type": "integer"}, **dict.fromkeys(_LOCALES, _TEXT)},
                ["code", "status", *_LOCALES],
            ),
        },
        "Description": {"type": "object", "required": ["openapi", "info", "paths"]},
    }


def _members(offered: Offered) -> dict[str, Any]:
    closed = choices(offered)
    members: dict[str, Any] = {}
    for name, shape in SHAPES.items():
        schema = _KEYS if name == "jwks" else _NAME if name in ("client_name", "owner") else _SHAPES[shape]
        if name in closed:
            known = {"type": "string", "enum": list(closed[name])}
            schema = {**schema, "items": known} if shape is Shape.TEXTS else known
        members[name] = {**schema, "description": HELP[name]}
        if name == "client_name":
            members |= {I18N + locale: _NAME for locale in _LOCALES}
    return members


def _problem() -> dict[str, Any]:
    fault = _closed({"field": {"type": "string"}, "code": {"type": "string"}, "reason": {"type": "string"}}, [])
    fault["required"] = list(fault["properties"])
    return {
        "type": "object",
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"enum": list(PROBLEMS)},
            "errors": {"type": "array", "items": fault},
        },
        "required": ["type", "title", "status", "detail", "code"],
    }


def _closed(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _moment() -> dict[str, Any]:
    return {"type": "string", "format": "date-time", "description": "When it was disabled; absent while it is not"}
