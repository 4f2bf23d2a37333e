"""What the gateway's twin proves itself with: the token of its only customer, the key by which it signs answers."""

import json
import secrets
from pathlib import Path
from typing import Any

import orjson
from joserfc import jws
from joserfc.jwk import ECKey

from demo.secrets import new_key, public_part, write_private


def fund_token(folder: Path) -> str:
    """Return the bearer token that the provider asks with; it is made once."""
    path = folder / "fund-token"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8").strip()


def fund_key(folder: Path) -> dict[str, Any]:
    """Return the key that signs answers; its public part lies beside it, for the provider's setting."""
    path = folder / "fund-key.json"
    if not path.exists():
        key = new_key()
        public = {**public_part(key), "kid": key["kid"], "alg": "ES256", "use": "sig"}
        write_private(public_keys(folder), json.dumps({"keys": [public]}))
        write_private(path, json.dumps(key))
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def public_keys(folder: Path) -> Path:
    """Return where the public part lies."""
    return folder / "fund-keys.json"


def signed(key: dict[str, Any], claims: dict[str, Any]) -> str:
    """Return an answer as the gateway sends it."""
    header = {"alg": "ES256", "kid": key["kid"], "typ": "registry-answer+jwt"}
    return jws.serialize_compact(header, orjson.dumps(claims), ECKey.import_key(key), ["ES256"])
