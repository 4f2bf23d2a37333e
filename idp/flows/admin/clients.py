"""Register, change, disable and remove client applications; a secret is shown once, at the moment it is made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from idp.clients.client import Client
from idp.clients.metadata import judge
from idp.clients.offered import Offered
from idp.clients.secrets import SECRET_METHODS, make_secret
from idp.clients.stored import metadata_of
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.ids import new_id
from idp.kernel.refusal import Fault, Faulty, Refused
from idp.store.clients import Changed, Clients
from idp.store.database import Conflict
from idp.store.grants import Grants
from idp.store.journal import Journal

ACTOR = "command-line"


@dataclass(frozen=True, slots=True)
class Registered:
    """``secret`` is empty where the client has none, or where it stays as it was."""

    client: Client
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Registry:
    """What every act on clients shares. ``sector_document`` reads the redirects that a sector address lists."""

    clients: Clients
    grants: Grants
    journal: Journal
    offered: Offered
    sector_document: Callable[[str], Sequence[str]]
    now: Clock

    def one(self, client_id: str) -> Client:
        """Return the client as it stands in the store, disabled or not."""
        client = self.clients.known(client_id)
        if client is None:
            raise Refused("client.unknown", client_id=client_id)
        return client

    def judged(self, client_id: str, document: Mapping[str, Any]) -> Client:
        """Judge a document whole, its sector document included (OpenID Connect Registration 5)."""
        client = judge(client_id, document, self.offered)
        if client.subject_type == "pairwise" and client.sector_identifier_uri:
            listed = self.sector_document(client.sector_identifier_uri)
            missing = [uri for uri in client.redirect_uris if uri not in listed]
            if missing:
                raise Faulty([Fault("sector_identifier_uri", "client.sector_lacks", {"value": uri}) for uri in missing])
        return client

    def changed(self, client: Client, kind: str) -> Client:
        """Write a client over its newest version, with a line in the journal."""
        try:
            with self.clients.together():
                self.clients.change(client)
                self.journal.record(Event(kind, actor=ACTOR, client_id=client.client_id))
        except Conflict as error:
            raise Faulty([Fault("resource_uris", "client.resource_taken")]) from error
        except Changed as error:
            raise Refused("client.changed_meanwhile", client_id=client.client_id) from error
        return self.one(client.client_id)


@dataclass(frozen=True, slots=True)
class AddClient:
    registry: Registry

    def __call__(self, document: Mapping[str, Any], client_id: str = "") -> Registered:
        """Register a client under a new name, or under the one given with its document."""
        given = document.get("client_id")
        name = client_id or (given if isinstance(given, str) else "") or new_id().replace("-", "0").replace("_", "0")
        client = self.registry.judged(name, document)
        secret, kept = make_secret() if client.token_endpoint_auth_method in SECRET_METHODS else ("", "")
        try:
            with self.registry.clients.together():
                self.registry.clients.add(replace(client, secret_digest=kept))
                self.registry.journal.record(Event("client.added", actor=ACTOR, client_id=name))
        except Conflict as error:
            taken = Fault("resource_uris", "client.resource_taken")
            known = self.registry.clients.known(name) is not None
            raise Faulty([Fault("client_id", "client.id_taken") if known else taken]) from error
        return Registered(self.registry.one(name), secret)


@dataclass(frozen=True, slots=True)
class ChangeClient:
    registry: Registry

    def __call__(self, client_id: str, members: Mapping[str, Any]) -> Registered:
        """Put members in place of the present ones; None takes one away. The whole is judged anew."""
        present = self.registry.one(client_id)
        document = {name: value for name, value in {**metadata_of(present), **members}.items() if value is not None}
        if "grant_types" in members and "response_types" not in members:
            document.pop("response_types", None)
        judged = self.registry.judged(client_id, document)
        secret, kept = "", present.secret_digest
        if judged.token_endpoint_auth_method not in SECRET_METHODS:
            kept = ""
        elif not kept:
            secret, kept = make_secret()
        changed = replace(
            judged,
            secret_digest=kept,
            version=present.version,
            disabled_at=present.disabled_at,
            created_at=present.created_at,
        )
        return Registered(self.registry.changed(changed, "client.changed"), secret)


@dataclass(frozen=True, slots=True)
class RotateSecret:
    registry: Registry

    def __call__(self, client_id: str) -> Registered:
        """Give the client a new secret; the old one is refused as soon as the workers' caches have run out."""
        present = self.registry.one(client_id)
        if present.token_endpoint_auth_method not in SECRET_METHODS:
            raise Refused("client.has_no_secret", client_id=client_id, method=present.token_endpoint_auth_method)
        secret, kept = make_secret()
        return Registered(self.registry.changed(replace(present, secret_digest=kept), "client.secret_rotated"), secret)


@dataclass(frozen=True, slots=True)
class DisableClient:
    registry: Registry

    def __call__(self, client_id: str) -> Client:
        """Refuse the client everything from now on; its registration and people's permissions stay."""
        present = self.registry.one(client_id)
        if present.disabled_at is not None:
            return present
        return self.registry.changed(replace(present, disabled_at=self.registry.now()), "client.disabled")


@dataclass(frozen=True, slots=True)
class EnableClient:
    registry: Registry

    def __call__(self, client_id: str) -> Client:
        """Take a disabling back."""
        present = self.registry.one(client_id)
        if present.disabled_at is None:
            return present
        return self.registry.changed(replace(present, disabled_at=None), "client.enabled")


@dataclass(frozen=True, slots=True)
class RemoveClient:
    registry: Registry

    def __call__(self, client_id: str) -> None:
        """Forget the client and end every grant it has."""
        self.registry.one(client_id)
        with self.registry.clients.together():
            self.registry.grants.end_all_of_client(client_id, "client_removed", self.registry.now())
            self.registry.clients.remove(client_id)
            self.registry.journal.record(Event("client.removed", actor=ACTOR, client_id=client_id))
