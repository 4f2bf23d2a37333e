"""Public keys of a partner of the operator's settings, and what it signed with them; compact JWS only."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from idp.kernel.refusal import Refused
from idp.keys.key_ring import BadToken
from idp.keys.signer import ALGORITHMS, Compact, KeySigner


@dataclass(frozen=True, slots=True)
class ForeignKeys:
    """Each key belongs to one algorithm, by its ``alg``: what a token says of itself never chooses another."""

    keys: dict[str, KeySigner] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, path: Path) -> "ForeignKeys":
        """Read a JWK set; every key needs ``kid`` and one of our algorithms as ``alg``."""
        try:
            members = orjson.loads(path.read_bytes())["keys"]
            found = {jwk["kid"]: KeySigner.of(jwk["alg"], jwk) for jwk in members if jwk["alg"] in ALGORITHMS}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Refused("setting.unreadable", reason=f"{path}: {type(error).__name__}") from error
        return cls(found)

    def verify(self, token: str, typ: str) -> dict[str, Any]:
        """Return the claims of a token that the partner signed as this type."""
        try:
            parts = Compact.parse(token)
            signer = self.keys.get(str(parts.header.get("kid", "")))
            if signer is None or "crit" in parts.header or parts.header.get("alg") != signer.alg:
                raise BadToken
            if parts.header.get("typ") != typ or not signer.verifies(parts.content, parts.signature):
                raise BadToken
            return parts.claims()
        except ValueError as error:
            raise BadToken from error
