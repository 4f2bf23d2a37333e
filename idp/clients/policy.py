"""What a registered client may do: where we redirect to and lead people, which resources and scopes it may ask for."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from idp.clients.addresses import LOOPBACK, page_fault
from idp.clients.client import Client


def may_redirect(client: Client, uri: str) -> bool:
    """Tell whether the address is registered, letter for letter; a native loopback one at any port (RFC 8252 7.3)."""
    if uri in client.redirect_uris:
        return True
    return client.application_type == "native" and any(_same_but_port(known, uri) for known in client.redirect_uris)


def _same_but_port(known: str, uri: str) -> bool:
    try:
        registered, asked = urlsplit(known), urlsplit(uri)
        port = asked.port
    except ValueError:
        return False
    if registered.scheme != "http" or registered.hostname not in LOOPBACK or port == 0:
        return False
    # The address must be spelled as registered in every part but the port.
    host = registered.netloc.removesuffix(f":{registered.port}")
    netloc = host if port is None else f"{host}:{port}"
    return asked.netloc == netloc and asked._replace(netloc=registered.netloc) == registered and "#" not in uri


def may_lead(client: Client, uri: str) -> bool:
    """Tell whether people may be led to this page of the portal: on the origin of one of its redirect URIs."""
    return page_fault(uri, https=False) is None and _origin(uri) in {_origin(known) for known in client.redirect_uris}


def _origin(uri: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(uri)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def may_ask(client: Client, resource: str, issuer: str) -> bool:
    """Tell whether tokens for this resource may be asked for; the provider itself is everybody's resource."""
    return resource == issuer or resource in client.permitted_resources


def permitted(client: Client, scopes: Iterable[str]) -> frozenset[str]:
    """Return those of the scopes that the client is registered for."""
    return frozenset(scopes) & client.scope
