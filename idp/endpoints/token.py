"""``POST /token``: RFC 6749 3.2. Parameters come from the body alone."""

from dataclasses import dataclass

from idp.endpoints.reply import Reply
from idp.flows.token import Token
from idp.protocol.client_authentication.authenticate import ClientAuthentication
from idp.protocol.requests import Request


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    authenticate: ClientAuthentication
    token: Token

    def __call__(self, request: Request) -> Reply:
        client = self.authenticate(request)
        return Reply.json(self.token(client, request.form))
