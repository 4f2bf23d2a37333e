"""Gathers what this city offers: the ways to a level, and what a client may be registered for."""

from idp.assurance import acr
from idp.clients.offered import Offered
from idp.flows.grants import GRANT_TYPES
from idp.kernel.settings import Settings
from idp.protocol import metadata, scopes
from idp.protocol.client_authentication import assertion, authenticate


def ways(settings: Settings) -> frozenset[acr.Way]:
    """Return the ways to a level that can be walked here: without a gateway nobody checks a SNILS."""
    return acr.AVAILABLE if settings.registries.gateway_url else acr.AVAILABLE - {acr.Way.SNILS}


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
