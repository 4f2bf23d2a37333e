"""Events of the journal. An event holds identifiers and codes, no personal data: those stand on the account."""

from dataclasses import dataclass, field
from typing import Any

#: What must hold whatever copy of the database is restored: written to the ledger too, and replayed from there.
LASTING = frozenset(
    {
        "account.closed",
        "password.changed",
        "password.recovered",
        "admin_token.revoked",
        "client.secret_rotated",
        "client.disabled",
        "client.enabled",
        "client.removed",
        "sharing.withdrawn",
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """``kind`` is stable and dotted (``session.started``, ``account.registered``, ``client.changed``);
    ``details`` hold codes and identifiers only. ``account_id`` is whom it is about, ``actor`` who did it
    (an account id, ``system``, ``command-line``, or a client_id behind ``client:``)."""

    kind: str
    account_id: str = ""
    actor: str = "system"
    client_id: str = ""
    address: str = ""
    details: dict[str, Any] = field(default_factory=dict)
