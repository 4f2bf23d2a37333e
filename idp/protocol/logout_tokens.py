"""Logout tokens (OpenID Connect Back-Channel Logout 2.4): who makes one holds the signer."""

from datetime import datetime
from typing import Any

from idp.kernel.ids import new_id
from idp.keys.signer import Signer

TYPE = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
#: How long a client may take to accept one.
SECONDS = 120


def logout_token(signer: Signer, issuer: str, client_id: str, sub: str, sid: str, at: datetime) -> str:
    """Return a token that tells one client that one session ended; ``sub`` is as that client knows it. No nonce."""
    issued = int(at.timestamp())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": client_id,
        "iat": issued,
        "exp": issued + SECONDS,
        "jti": new_id(),
        "sub": sub,
        "sid": sid,
        "events": {EVENT: {}},
    }
    return signer.sign({"typ": TYPE}, claims)
