"""Authorization codes: how they are made and what is kept under them until they are used (RFC 6749 4.1.2)."""

from dataclasses import dataclass
from typing import Any

from idp.kernel.ids import new_secret

#: How codes are kept in the short-lived store; ``flows.grants.authorization_code`` takes them from there.
KIND = "code"


@dataclass(frozen=True, slots=True)
class Code:
    """What the token endpoint will compare and pass on."""

    grant_id: str
    client_id: str
    redirect_uri: str
    code_challenge: str = ""
    nonce: str = ""

    def kept(self) -> dict[str, Any]:
        return {
            "grant_id": self.grant_id,
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code_challenge": self.code_challenge,
            "nonce": self.nonce,
        }


def new_code() -> str:
    """Return a fresh code: 256 random bits."""
    return new_secret()
