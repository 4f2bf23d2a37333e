"""``POST /introspect``: RFC 7662, for clients that prove who they are."""

from dataclasses import dataclass

from idp.endpoints.reply import Reply
from idp.flows.introspection import Introspect
from idp.protocol.client_authentication.authenticate import ClientAuthentication
from idp.protocol.errors import InvalidRequest
from idp.protocol.requests import Request


@dataclass(frozen=True, slots=True)
class IntrospectionEndpoint:
    authenticate: ClientAuthentication
    introspect: Introspect

    def __call__(self, request: Request) -> Reply:
        caller = self.authenticate.confidential(request)
        token = request.form.one("token")
        if token is None:
            raise InvalidRequest("token is missing")
        return Reply.json(self.introspect(caller, token))
