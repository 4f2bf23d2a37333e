"""What the city's applications prove themselves with: made at registration, kept in the data folder, readable by us."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey


@dataclass(frozen=True, slots=True)
class Credentials:
    """Either a secret, or a private key as JWK, or neither for a public client."""

    secret: str = ""
    jwk: dict[str, Any] | None = None

    def __repr__(self) -> str:
        return "Credentials(***)"


@dataclass(frozen=True, slots=True)
class Safe:
    """One JSON file. The portals read it when they first speak for themselves, so they may start before it exists."""

    path: Path

    @classmethod
    def of(cls, folder: Path) -> "Safe":
        return cls(folder / "secrets.json")

    def read(self) -> dict[str, Credentials]:
        if not self.path.exists():
            return {}
        document = json.loads(self.path.read_text(encoding="utf-8"))
        return {name: Credentials(**kept) for name, kept in document["clients"].items()}

    def write(self, credentials: dict[str, Credentials]) -> None:
        document = {name: {"secret": kept.secret, "jwk": kept.jwk} for name, kept in credentials.items()}
        write_private(self.path, json.dumps({"clients": document}, indent=2))


def write_private(path: Path, text: str) -> None:
    """Put the text there whole or not at all, readable by this user alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def new_key() -> dict[str, Any]:
    """Return a fresh P-256 key pair for ``private_key_jwt``, as a private JWK."""
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, private=True, auto_kid=True)
    return dict(key.as_dict(private=True))


def public_part(jwk: dict[str, Any]) -> dict[str, Any]:
    return dict(ECKey.import_key(jwk).as_dict(private=False))


def gateway_key(folder: Path) -> str:
    """Return the key that the SMS gateway's twin knows its only customer by; it is made once."""
    path = folder / "gateway-key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8").strip()
