"""Refresh tokens: derived from grant and generation by a keyed function, so that none is kept anywhere.

Whoever rotates twice at once derives the same successor, never a second branch.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from idp.kernel.ids import keyed_digest, same
from idp.protocol.grant import Grant

_MOST_BYTES = 200


@dataclass(frozen=True, slots=True)
class RefreshTokens:
    """``secret`` is the named secret ``refresh``."""

    secret: bytes = field(repr=False)

    def make(self, grant_id: str, generation: int) -> str:
        return f"{grant_id}.{generation}.{keyed_digest(self.secret, grant_id, str(generation))}"

    def parse(self, token: str) -> tuple[str, int] | None:
        """Return grant and generation of a token that we made, else None; asks nobody."""
        if len(token) > _MOST_BYTES or not token.isascii():
            return None
        grant_id, _, rest = token.partition(".")
        generation, _, mac = rest.partition(".")
        if not generation.isdigit() or not same(mac, keyed_digest(self.secret, grant_id, generation)):
            return None
        return grant_id, int(generation)


def in_grace(grant: Grant, generation: int, at: datetime, grace: timedelta) -> bool:
    """Tell whether this is the token before the present one, just now replaced, its successor still unused."""
    if generation != grant.generation - 1 or grant.rotated_at is None:
        return False
    # A clock that jumped back makes no long grace of a short one.
    return abs(at - grant.rotated_at) <= grace
