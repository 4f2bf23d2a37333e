"""``client_credentials`` (RFC 6749 4.4): a client speaks for itself. Reads and writes no database."""

from dataclasses import dataclass
from typing import Any

from idp.clients.client import Client
from idp.protocol.errors import InvalidScope, UnauthorizedClient
from idp.protocol.issue import Issue
from idp.protocol.requests import Form
from idp.protocol.resources import asked
from idp.protocol.scopes import CLAIMS_OF, parse

GRANT_TYPE = "client_credentials"


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    issue: Issue

    def __call__(self, client: Client, form: Form) -> dict[str, Any]:
        if client.public:
            raise UnauthorizedClient("a public client has no credentials")
        own = client.scope - CLAIMS_OF.keys()
        scope = parse(form.text("scope"))
        if not scope <= own:
            # Scopes that speak of a person mean nothing here, the client's own must be registered.
            raise InvalidScope("a scope is unknown, not registered for the client, or about a person")
        resources = asked(client, form.many("resource"), self.issue.issuer)
        return self.issue.for_client(client, scope or own, resources)
