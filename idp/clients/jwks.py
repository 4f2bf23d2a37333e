"""What a client may register as its keys: public ones, strong ones, each with a name of its own."""

from base64 import urlsafe_b64decode
from typing import Any

#: RFC 7518 6: whatever only the owner may know.
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
#: Key types by the algorithms that we verify with them.
KEYS_OF = {"RS256": ("RSA", ""), "PS256": ("RSA", ""), "ES256": ("EC", "P-256")}
_RSA_BITS = 2048
MOST_KEYS = 20


def jwks_fault(document: dict[str, Any]) -> str | None:
    """Return the code of what is wrong with a JWK set, or None."""
    keys = document.get("keys")
    if _holds_unsound(document):
        return "client.jwks_malformed"
    if not isinstance(keys, list) or not keys or len(keys) > MOST_KEYS:
        return "client.jwks_malformed"
    if not all(isinstance(key, dict) for key in keys):
        return "client.jwks_malformed"
    for key in keys:
        fault = _key_fault(key)
        if fault is not None:
            return fault
    names = [key.get("kid") for key in keys]
    if len(keys) > 1 and (None in names or len(set(names)) < len(names)):
        return "client.jwks_names"
    return None


def fits(key: dict[str, Any], alg: str) -> bool:
    """Tell whether signatures by this algorithm can be verified with the key."""
    kind, curve = KEYS_OF.get(alg, ("?", ""))
    return (
        key.get("kty") == kind
        and (not curve or key.get("crv") == curve)
        and key.get("alg", alg) == alg
        and key.get("use", "sig") == "sig"
    )


def _key_fault(key: dict[str, Any]) -> str | None:
    if key.get("kty") == "oct" or _PRIVATE & key.keys():
        return "client.jwks_private"
    if not isinstance(key.get("kid", ""), str) or not isinstance(key.get("kty"), str):
        return "client.jwks_malformed"
    if key["kty"] == "RSA" and _bits(key.get("n")) < _RSA_BITS:
        return "client.jwks_weak"
    if key["kty"] == "RSA" and _bits(key.get("e")) < 2:
        return "client.jwks_weak"
    if not any(fits(key, alg) for alg in KEYS_OF):
        return "client.jwks_kind"
    return None


def _holds_unsound(value: Any) -> bool:
    """Tell whether anything isn't plain JSON for everybody.

    Neither a merge patch nor TOML can hold a null, only TOML has dates, and numbers beyond 2^53 are read differently
    (RFC 7493 2.2).
    """
    if isinstance(value, dict):
        return any(_holds_unsound(item) for item in value.values())
    if isinstance(value, list):
        return any(_holds_unsound(item) for item in value)
    if isinstance(value, int | float):
        return not abs(value) < 2**53
    return not isinstance(value, str)


def _bits(number: Any) -> int:
    if not isinstance(number, str):
        return 0
    try:
        return int.from_bytes(urlsafe_b64decode(number + "=" * (-len(number) % 4))).bit_length()
    except ValueError:
        return 0
