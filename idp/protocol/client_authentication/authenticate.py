"""Tells which client sends a request. One way at a time, the registered one; every failure is the same answer."""

from collections.abc import Callable
from dataclasses import dataclass

from idp.clients.client import Client
from idp.clients.secrets import has_secret
from idp.protocol.client_authentication.assertion import ASSERTION_TYPE, METHOD, ClientAssertion
from idp.protocol.client_authentication.basic import read_basic
from idp.protocol.errors import InvalidClient, InvalidRequest
from idp.protocol.requests import Request

METHODS = ("client_secret_basic", "client_secret_post", METHOD, "none")


@dataclass(frozen=True, slots=True)
class ClientAuthentication:
    """``clients`` returns a registered client that isn't disabled."""

    clients: Callable[[str], Client | None]
    assertion: ClientAssertion

    def __call__(self, request: Request) -> Client:
        header = request.headers.get("authorization")
        secret = request.form.one("client_secret")
        assertion = request.form.one("client_assertion")
        client_id = request.form.one("client_id")
        if sum(way is not None for way in (header, secret, assertion)) > 1:
            raise InvalidRequest("the client authenticates in more than one way")
        if header is not None:
            return self._by_header(header, client_id)
        if secret is not None:
            return self._by_secret("client_secret_post", client_id or "", secret)
        if assertion is not None:
            return self._by_assertion(assertion, request.form.one("client_assertion_type"), client_id)
        return self._by_name(client_id)

    def confidential(self, request: Request) -> Client:
        """Authenticate a client that proves who it is; a public one is refused (RFC 7662 2.1)."""
        client = self(request)
        if client.public:
            raise InvalidClient
        return client

    def _by_header(self, header: str, beside: str | None) -> Client:
        client_id, secret = read_basic(header)
        if beside is not None and beside != client_id:
            raise InvalidRequest("client_id differs from the client that authenticates")
        return self._by_secret("client_secret_basic", client_id, secret)

    def _by_secret(self, method: str, client_id: str, secret: str) -> Client:
        client = self.clients(client_id)
        # Compared even for nobody: an unknown client takes as long as a wrong secret.
        if not has_secret(client, secret) or client is None or client.token_endpoint_auth_method != method:
            raise InvalidClient
        return client

    def _by_assertion(self, assertion: str, kind: str | None, beside: str | None) -> Client:
        if kind != ASSERTION_TYPE:
            raise InvalidRequest("client_assertion_type is missing or unknown")
        presented = self.assertion.present(assertion)
        client = self.clients(presented.client_id)
        if client is None or client.token_endpoint_auth_method != METHOD:
            raise InvalidClient
        if beside is not None and beside != client.client_id:
            raise InvalidRequest("client_id differs from the client that authenticates")
        self.assertion.check(client, presented)
        return client

    def _by_name(self, client_id: str | None) -> Client:
        client = self.clients(client_id) if client_id is not None else None
        if client is None or not client.public:
            raise InvalidClient
        return client
