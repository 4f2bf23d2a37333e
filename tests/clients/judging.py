"""What a provider of the tests offers, and the faults it finds in a changed document."""

from dataclasses import replace
from typing import Any

from idp.clients.metadata import judge
from idp.clients.offered import Offered
from idp.kernel.refusal import Faulty

OFFERED = Offered(
    issuer="https://id.test",
    internal_networks=(),
    scopes=frozenset({"openid", "profile", "email", "offline_access"}),
    acr_values=("simplified", "standard", "full", "legal-entity"),
    grant_types=frozenset({"authorization_code", "refresh_token", "client_credentials"}),
    auth_methods=frozenset({"client_secret_basic", "client_secret_post", "private_key_jwt", "none"}),
    signing_algs=frozenset({"RS256", "ES256", "EdDSA"}),
    assertion_algs=frozenset({"RS256", "PS256", "ES256"}),
)
HTTP = replace(OFFERED, issuer="http://id.test:8000")
INSIDE = replace(OFFERED, internal_networks=("127.0.0.0/8", "10.1.0.0/16"))
GOOD = {"client_name": "Parking", "redirect_uris": ["https://parking.test/callback"]}


def faults(changes: dict[str, Any], offered: Offered = OFFERED) -> set[tuple[str, str]]:
    document = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    try:
        judge("parking", document, offered)
    except Faulty as faulty:
        return {(fault.field, fault.code) for fault in faulty.faults}
    return set()
