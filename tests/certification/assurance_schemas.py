"""What the schemas of Identity Assurance 1.0 demand, written anew for these tests, of requests and of answers."""

from typing import Any

_TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$"}
_TEXT = {"type": "string", "minLength": 1}
_CHECK = {
    "type": "object",
    "required": ["check_method"],
    "properties": {"check_method": _TEXT, "organization": _TEXT, "check_id": _TEXT, "time": _TIME},
    "dependentRequired": {"time": ["check_id"]},
    "additionalProperties": False,
}
_RECORD = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": _TEXT,
        "source": {"type": "object", "properties": {"name": _TEXT, "country": _TEXT, "country_code": _TEXT}},
        "created_at": _TIME,
        "date_of_expiry": {"type": "string"},
        "derived_claims": {"type": "object", "minProperties": 1},
    },
    "additionalProperties": False,
}
_EVIDENCE = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {"enum": ["electronic_record"]},
        "check_details": {"type": "array", "minItems": 1, "items": _CHECK},
        "time": _TIME,
        "record": _RECORD,
    },
    "additionalProperties": False,
}
_ONE = {
    "type": "object",
    "required": ["verification", "claims"],
    "properties": {
        "verification": {
            "type": "object",
            "required": ["trust_framework"],
            "properties": {
                "trust_framework": _TEXT,
                "assurance_level": _TEXT,
                "assurance_process": {"type": "object", "minProperties": 1},
                "time": _TIME,
                "verification_process": _TEXT,
                "evidence": {"type": "array", "minItems": 1, "items": _EVIDENCE},
            },
            "additionalProperties": False,
        },
        "claims": {"type": "object", "minProperties": 1},
    },
    "additionalProperties": False,
}
#: A single object, or several in an array.
ANSWER: dict[str, Any] = {"anyOf": [_ONE, {"type": "array", "minItems": 1, "items": _ONE}]}

_SIMPLE = {
    "anyOf": [
        {"type": "null"},
        {
            "type": "object",
            "properties": {
                "essential": {"type": "boolean"},
                "purpose": {"type": "string", "minLength": 3, "maxLength": 300},
                "values": {"type": "array", "minItems": 1},
                "max_age": {"type": "number", "minimum": 0},
            },
        },
    ]
}
_ASKED = {
    "type": "object",
    "required": ["verification", "claims"],
    "properties": {
        "verification": {
            "type": "object",
            "required": ["trust_framework"],
            "properties": {
                "trust_framework": _SIMPLE,
                "time": _SIMPLE,
                "assurance_level": _SIMPLE,
                "verification_process": _SIMPLE,
                "evidence": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["type"],
                        "properties": {"type": {"type": "object", "required": ["value"]}},
                    },
                },
            },
        },
        "claims": {"type": "object", "additionalProperties": _SIMPLE},
    },
    "additionalProperties": False,
}
REQUEST: dict[str, Any] = {"anyOf": [_ASKED, {"type": "array", "minItems": 1, "items": _ASKED}]}
