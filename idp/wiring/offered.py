"""Gathers what a client may be registered for, from the lists the code goes by."""

from idp.assurance import acr
from idp.clients.offered import Offered
from idp.flows.grants import GRANT_TYPES
from idp.kernel.settings import Settings
from idp.protocol import metadata, scopes
from idp.protocol.client_authentication import assertion, authenticate


def offered(settings: Settings) -> Offered:
    return Offered(
        settings.issuer,
        settings.outgoing.internal_networks,
        frozenset(scopes.SUPPORTED),
        acr.KNOWN,
        frozenset(GRANT_TYPES),
        frozenset(authenticate.METHODS),
        frozenset(metadata.SIGNING_ALGS),
        frozenset(assertion.ALGORITHMS),
    )
