"""What relying parties find at the provider: their registration, and people on every level."""

from dataclasses import dataclass
from typing import Any

from tests.provider import Provider
from tests.visitor import PASSWORD

#: What raises a person to a level. The ways there come with later issues; the levels are judged today.
PROOFS = {"": (), "simplified": ("email",), "standard": ("email", "pension_fund"), "full": ("email", "visit")}


@dataclass(frozen=True)
class Person:
    account_id: str
    login: str
    password: str = PASSWORD


def register(provider: Provider, client_id: str, address: str, **members: Any) -> str:
    """Register a portal of the city at this address; return its secret, if it has one."""
    portal = {
        "client_name": client_id.capitalize(),
        "client_uri": f"{address}/",
        "redirect_uris": [f"{address}/callback"],
        "post_logout_redirect_uris": [f"{address}/signed-out"],
        "first_party": True,
        **members,
    }
    return provider.city.client(client_id, **portal).secret


def settle(provider: Provider, name: str, level: str = "simplified") -> Person:
    """Open the account of somebody who stands on this level; the empty one is nobody's yet."""
    hashed = provider.flows.hasher.make(PASSWORD)
    account_id = provider.city.person(name, PROOFS[level], password_hash=hashed)
    return Person(account_id, f"{name}@example.ru")
