"""The ``sub`` a client sees: the account's own identifier, or a pseudonym per sector (OpenID Connect Core 8)."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from idp.clients.client import Client
from idp.kernel.ids import keyed_digest


@dataclass(frozen=True, slots=True)
class Subjects:
    """``secret`` is the named secret ``pairwise``: the pseudonyms are stable as long as it is."""

    secret: bytes = field(repr=False)

    def of(self, client: Client, account_id: str) -> str:
        if client.subject_type != "pairwise":
            return account_id
        return keyed_digest(self.secret, sector(client), account_id)


def sector(client: Client) -> str:
    """Return the sector: the host of the sector document, else the one host of the redirects (Core 8.1)."""
    address = client.sector_identifier_uri or next(iter(client.redirect_uris), "")
    return urlsplit(address).hostname or client.client_id
