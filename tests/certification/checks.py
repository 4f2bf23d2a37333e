"""What the suite checks around every module (certification 1.1), each check a function that the portal always calls."""

import math
import re
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Mapping
from json import loads
from time import time
from typing import Any

#: RFC 6749 appendix A.7 and A.8: the characters of ``error`` and ``error_description``.
ERROR_TEXT = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*")
ERROR_MEMBERS = {"error", "error_description", "error_uri", "state", "session_state", "iss"}
#: What stands in an ID token of the code flow to which nothing more was asked; ``nonce`` only if one was sent.
ID_TOKEN_MEMBERS = {"iss", "sub", "aud", "exp", "iat", "auth_time", "acr", "amr", "access_level", "sid", "at_hash"}
#: Standard claims by their JSON type (OpenID Connect Core 5.1).
TYPES: dict[str, type] = {
    **dict.fromkeys(("sub", "name", "given_name", "family_name", "middle_name", "preferred_username"), str),
    **dict.fromkeys(("email", "gender", "birthdate", "locale", "phone_number"), str),
    **dict.fromkeys(("email_verified", "phone_number_verified"), bool),
    "address": dict,
    "updated_at": int,
}
_A_DAY, _FIFTY_YEARS, _FIVE_MINUTES = 86_400, 50 * 366 * 86_400, 300


def is_strong(secret: str) -> bool:
    """At least 128 bits long, with at least 96 bits of entropy as the suite estimates it: Shannon's, by character."""
    counted = Counter(secret)
    each = -sum(count / len(secret) * math.log2(count / len(secret)) for count in counted.values())
    return len(secret) * 8 >= 128 and each * len(secret) >= 96


def check_answer(parameters: Mapping[str, str], state: str, issuer: str) -> None:
    """``state`` comes back letter for letter and only if it was sent, ``iss`` is the issuer; a code is strong."""
    assert parameters.get("state", "") == state
    assert parameters["iss"] == issuer
    if "error" in parameters:
        check_error(parameters)
    else:
        assert parameters.keys() - {"state"} == {"code", "iss"}
        assert is_strong(parameters["code"])


def check_error(parameters: Mapping[str, str]) -> None:
    assert parameters.keys() <= ERROR_MEMBERS
    assert parameters["error"] and ERROR_TEXT.fullmatch(parameters["error"])
    assert ERROR_TEXT.fullmatch(parameters.get("error_description", ""))


def check_token_answer(answer: Any, headers: Mapping[str, str]) -> None:
    """RFC 6749 5.1, OpenID Connect Core 3.1.3.3; the access and refresh tokens are as strong as a code."""
    assert headers["Content-Type"].startswith("application/json")
    assert "no-store" in headers["Cache-Control"]
    assert answer["token_type"].lower() == "bearer"
    assert type(answer["expires_in"]) is int and answer["expires_in"] > 0
    assert is_strong(answer["access_token"])
    assert "refresh_token" not in answer or is_strong(answer["refresh_token"])


def check_id_token(claims: Mapping[str, Any], issuer: str, client_id: str, nonce: str | None) -> None:
    """OpenID Connect Core 2 and 3.1.3.7, and nothing in it that the request didn't ask for."""
    now = time()
    assert claims["iss"] == issuer
    assert client_id in (claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]])
    assert all(type(claims[name]) is int for name in ("exp", "iat", "auth_time"))
    assert now < claims["exp"] < now + _FIFTY_YEARS
    assert abs(now - claims["iat"]) <= _FIVE_MINUTES
    assert now - _FIFTY_YEARS < claims["auth_time"] <= claims["iat"]
    assert re.fullmatch(r"[\x21-\x7e]{1,255}", claims["sub"])
    assert claims.get("nonce") == nonce and ("nonce" in claims) == (nonce is not None)
    assert isinstance(claims["acr"], str) and claims["acr"]
    check_types(claims)


def check_userinfo(claims: Mapping[str, Any], sub: str) -> None:
    assert claims["sub"] == sub
    check_types(claims)


def check_types(claims: Mapping[str, Any]) -> None:
    """Every claim is of its JSON type; none is null or empty; ``updated_at`` counts seconds, not milliseconds."""
    for name, value in claims.items():
        assert value not in (None, "", [], {}), name
        assert name not in TYPES or type(value) is TYPES[name], name
    assert abs(time() - claims.get("updated_at", time())) < _FIFTY_YEARS


def header_of(token: str) -> Any:
    head = token.split(".")[0]
    return loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
