"""Resource indicators (RFC 8707): which resources an access token is made for."""

from idp.clients.client import Client
from idp.clients.policy import may_ask
from idp.protocol.errors import InvalidTarget


def asked(client: Client, wanted: tuple[str, ...], issuer: str) -> tuple[str, ...]:
    """Return the resources a client asks tokens for, each once; refuse one it isn't registered to ask for."""
    for resource in wanted:
        if not may_ask(client, resource, issuer):
            raise InvalidTarget("a resource is unknown, or the client may not ask for it")
    return tuple(dict.fromkeys(wanted))


def narrowed(client: Client, wanted: tuple[str, ...], granted: tuple[str, ...], issuer: str) -> tuple[str, ...]:
    """Return the resources of one access token: those wanted of those granted, all granted if none is named."""
    chosen = asked(client, wanted, issuer)
    if granted and any(resource not in granted and resource != issuer for resource in chosen):
        raise InvalidTarget("a resource was not granted")
    return chosen or granted
