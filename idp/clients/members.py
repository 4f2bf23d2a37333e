"""The members of client metadata that we know, and the JSON type of each."""

import unicodedata
from enum import StrEnum
from typing import Any


class Shape(StrEnum):
    TEXT = "text"
    TEXTS = "texts"
    WORDS = "words"
    FLAG = "flag"
    SECONDS = "seconds"
    OBJECT = "object"
    PURPOSES = "purposes"


SHAPES = {
    "client_name": Shape.TEXT,
    "redirect_uris": Shape.TEXTS,
    "grant_types": Shape.TEXTS,
    "response_types": Shape.TEXTS,
    "token_endpoint_auth_method": Shape.TEXT,
    "token_endpoint_auth_signing_alg": Shape.TEXT,
    "jwks": Shape.OBJECT,
    "scope": Shape.WORDS,
    "application_type": Shape.TEXT,
    "client_uri": Shape.TEXT,
    "logo_uri": Shape.TEXT,
    "policy_uri": Shape.TEXT,
    "tos_uri": Shape.TEXT,
    "contacts": Shape.TEXTS,
    "subject_type": Shape.TEXT,
    "sector_identifier_uri": Shape.TEXT,
    "id_token_signed_response_alg": Shape.TEXT,
    "userinfo_signed_response_alg": Shape.TEXT,
    "post_logout_redirect_uris": Shape.TEXTS,
    "backchannel_logout_uri": Shape.TEXT,
    "backchannel_logout_session_required": Shape.FLAG,
    "initiate_login_uri": Shape.TEXT,
    "default_max_age": Shape.SECONDS,
    "require_auth_time": Shape.FLAG,
    "default_acr_values": Shape.TEXTS,
    "minimum_acr": Shape.TEXT,
    "scope_purposes": Shape.PURPOSES,
    "first_party": Shape.FLAG,
    "owner": Shape.TEXT,
    "pkce_required": Shape.FLAG,
    "resource_uris": Shape.TEXTS,
    "permitted_resources": Shape.TEXTS,
}
MOST_TEXT = 2000
MOST_TEXTS = 100
#: Control signs, and those that turn the reading direction, make one name look like another.
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


def shape_fault(shape: Shape, value: Any) -> str | None:
    """Return the code of a wrong type, or None."""
    fits = {
        Shape.TEXT: lambda: _is_text(value),
        Shape.WORDS: lambda: _are_words(value),
        Shape.TEXTS: lambda: _are_texts(value),
        Shape.FLAG: lambda: isinstance(value, bool),
        Shape.SECONDS: lambda: isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31,
        Shape.OBJECT: lambda: isinstance(value, dict),
        Shape.PURPOSES: lambda: _are_purposes(value),
    }
    return None if fits[shape]() else f"client.type_{shape}"


def _is_text(value: Any) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= MOST_TEXT
        and value == value.strip()
        and not any(unicodedata.category(sign) in _HIDDEN for sign in value)
    )


def _are_words(value: Any) -> bool:
    return isinstance(value, str) and (not value or _is_text(value))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_TEXTS and all(_is_text(item) for item in value)


def _are_purposes(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _is_text(scope)
        and isinstance(words, dict)
        and words.keys() <= {"ru", "en"}
        and all(_is_text(text) for text in words.values())
        for scope, words in value.items()
    )
