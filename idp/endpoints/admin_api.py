"""The administrators' API for clients: the acts behind the table of operations, and its part of the routes.

The acts are those of the command line and of ``idp apply``; here they get entity tags, pages and repeatable requests.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson

from idp.clients.client import Client
from idp.clients.stored import told, told_with_secret
from idp.endpoints import admin_operations as operations
from idp.endpoints import problems
from idp.endpoints.admin_call import Call, Guarded, Open
from idp.endpoints.openapi import description
from idp.endpoints.reply import JSON, Reply
from idp.endpoints.router import Endpoint, Resource
from idp.flows.admin.clients import AddClient, ChangeClient, DisableClient, EnableClient, RemoveClient, RotateSecret
from idp.flows.admin.registry import Registered, Registry
from idp.flows.administration import Administration
from idp.kernel.refusal import Fault, Faulty, Refused

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ClientsApi:
    administration: Administration
    issuer: str

    def find(self, call: Call) -> Reply:
        limit, name, owner = int(call.query.get("limit", operations.USUAL)), call.text("name"), call.text("owner")
        after = _read_cursor(call.text("cursor"), name, owner)
        found = self.administration.registry.clients.page(after, limit + 1, name, owner)
        page, more = found[:limit], len(found) > limit
        document: dict[str, Any] = {"clients": [told(client) for client in page]}
        if not more:
            return Reply.json(document)
        document["next"] = _cursor(page[-1].client_id, name, owner)
        asked = {"limit": limit, "cursor": document["next"], "name": name, "owner": owner}
        query = urlencode({key: value for key, value in asked.items() if value})
        return Reply.json(document, headers=(("Link", f'<{self.issuer}{operations.CLIENTS}?{query}>; rel="next"'),))

    def add(self, call: Call) -> Reply:
        def act(registry: Registry, secret: str) -> Registered:
            return AddClient(registry)(call.document, secret=secret)

        registered = self._once(call, act)
        location = f"{self.issuer}{operations.CLIENTS}/{registered.client.client_id}"
        return _reply(registered.client, registered.secret, 201, (("Location", location),))

    def show(self, call: Call) -> Reply:
        client = call.registry.one(call.client_id)
        told_tags = call.request.headers.get("if-none-match", "")
        if any(tag.strip().removeprefix("W/") in (etag(client), "*") for tag in told_tags.split(",")):
            return Reply(304, (("ETag", etag(client)), ("Cache-Control", "no-store")))
        return _reply(client)

    def change(self, call: Call) -> Reply:
        registered = self._seen(
            call, lambda version: ChangeClient(call.registry)(call.client_id, call.document, version)
        )
        return _reply(registered.client, registered.secret)

    def remove(self, call: Call) -> Reply:
        self._seen(call, lambda version: RemoveClient(call.registry)(call.client_id, version))
        return Reply.empty(204)

    def rotate_secret(self, call: Call) -> Reply:
        def act(registry: Registry, secret: str) -> Registered:
            return self._seen(call, lambda version: RotateSecret(registry)(call.client_id, version, secret))

        registered = self._once(call, act)
        return _reply(registered.client, registered.secret)

    def disable(self, call: Call) -> Reply:
        return _reply(self._seen(call, lambda version: DisableClient(call.registry)(call.client_id, version)))

    def enable(self, call: Call) -> Reply:
        return _reply(self._seen(call, lambda version: EnableClient(call.registry)(call.client_id, version)))

    def _once(self, call: Call, act: Callable[[Registry, str], Registered]) -> Registered:
        """Act; with an idempotency key once, however often the request comes."""
        key = call.request.headers.get("idempotency-key")
        if key is None:
            return act(call.registry, "")
        asked = [call.request.method, call.request.path, call.document]
        request = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS).decode()
        return self.administration.once(call.registry, key, request, act)

    def _seen(self, call: Call, act: Callable[[int | None], T]) -> T:
        """Act on the version that ``If-Match`` names, on any if it doesn't (RFC 9110 13.1.1)."""
        named = call.request.headers.get("if-match")
        if named is None:
            return act(None)
        client = call.registry.one(call.client_id)
        if not any(tag.strip() in (etag(client), "*") for tag in named.split(",")):
            raise Refused("api.precondition_failed")
        try:
            return act(client.version)
        except Refused as refused:
            if refused.code != "client.changed_meanwhile":
                raise
            raise Refused("api.precondition_failed") from refused


def etag(client: Client) -> str:
    """Return the entity tag of a version; one of the same name registered anew has others."""
    text = f"{client.client_id} {client.created_at} {client.version}"
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def routes(administration: Administration, issuer: str) -> dict[str, Resource]:
    """Return what stands at every address of the API, and that nothing stands at others below its root."""
    api, dialect = ClientsApi(administration, issuer), problems.dialect(issuer)
    documents = {
        "problems": Reply(200, (JSON,), orjson.dumps(problems.listed())),
        "openapi": Reply(200, (JSON,), orjson.dumps(description(issuer, administration.registry.offered))),
    }
    methods: dict[str, dict[str, Endpoint]] = {}
    for operation in operations.OPERATIONS:
        endpoint: Endpoint
        if operation.open:
            endpoint = Open(documents[operation.name])
        else:
            endpoint = Guarded(operation, administration.admit, administration.registry, getattr(api, operation.name))
        methods.setdefault(operation.path, {})[operation.method] = endpoint
    methods[f"{operations.ROOT}/{{other:rest}}"] = {}
    return {path: Resource(endpoints, dialect) for path, endpoints in methods.items()}


def _reply(client: Client, secret: str = "", status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    return Reply.json(told_with_secret(client, secret), status, (("ETag", etag(client)), *headers))


def _cursor(client_id: str, name: str, owner: str) -> str:
    return urlsafe_b64encode(f"{_search(name, owner)}{client_id}".encode()).rstrip(b"=").decode()


def _read_cursor(cursor: str, name: str, owner: str) -> str:
    """Return the id behind which a page begins; a cursor of another search is refused, for it would skip clients."""
    if not cursor:
        return ""
    try:
        text = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError:
        text = ""
    search = _search(name, owner)
    if not text.startswith(search) or len(text) == len(search) or not text.isprintable():
        raise Faulty([Fault("cursor", "api.cursor_malformed")], "api.parameters")
    return text.removeprefix(search)


def _search(name: str, owner: str) -> str:
    return hashlib.sha256(f"{name}\0{owner}".encode()).hexdigest()[:8]
