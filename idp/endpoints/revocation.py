"""``POST /revoke``: RFC 7009; the answer is 200 whether or not the token was known."""

from dataclasses import dataclass

from idp.endpoints.reply import Reply
from idp.flows.revocation import RevokeToken
from idp.protocol.client_authentication.authenticate import ClientAuthentication
from idp.protocol.errors import InvalidRequest
from idp.protocol.requests import Request


@dataclass(frozen=True, slots=True)
class RevocationEndpoint:
    authenticate: ClientAuthentication
    revoke: RevokeToken

    def __call__(self, request: Request) -> Reply:
        client = self.authenticate(request)
        token = request.form.one("token")
        if token is None:
            raise InvalidRequest("token is missing")
        self.revoke(client, token)
        return Reply.empty()
