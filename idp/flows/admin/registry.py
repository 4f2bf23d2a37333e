"""What every act on client applications shares: reading, judging, and writing with a line in the journal."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from idp.clients.client import Client
from idp.clients.metadata import judge
from idp.clients.offered import Offered
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.refusal import Fault, Faulty, Refused
from idp.store.clients import Changed, Clients
from idp.store.database import Conflict
from idp.store.grants import Grants
from idp.store.journal import Journal

COMMAND_LINE = "command-line"


@dataclass(frozen=True, slots=True)
class Registered:
    """``secret`` is empty where the client has none, or where it stays as it was."""

    client: Client
    secret: str = ""


def _forget(registered: Registered) -> None:
    """Nobody asked to keep what was done."""


@dataclass(frozen=True, slots=True)
class Registry:
    """``sector_document`` reads the redirects that a sector address lists; ``actor`` is who acts, for the journal.

    ``remember`` is called with what was done inside the transaction that does it: it stands or falls with it.
    """

    clients: Clients
    grants: Grants
    journal: Journal
    offered: Offered
    sector_document: Callable[[str], Sequence[str]]
    now: Clock
    actor: str = COMMAND_LINE
    remember: Callable[[Registered], None] = _forget

    def by(self, actor: str, administrator: bool) -> "Registry":
        """Return the registry in this actor's hands. Only an administrator permits the provider's own interfaces."""
        scopes = self.offered.service_scopes if administrator else frozenset()
        return replace(self, actor=actor, offered=replace(self.offered, service_scopes=scopes))

    def one(self, client_id: str, version: int | None = None) -> Client:
        """Return the client as it stands in the store, disabled or not; refuse another version than was seen."""
        client = self.clients.fresh(client_id)
        if client is None:
            raise Refused("client.unknown", client_id=client_id)
        if version is not None and client.version != version:
            raise Refused("client.changed_meanwhile", client_id=client_id)
        return client

    def judged(self, client_id: str, document: Mapping[str, Any], new: bool) -> Client:
        """Judge a document whole, with what others hold and its sector document (OpenID Connect Registration 5)."""
        faults = self._taken(client_id, document, new)
        try:
            client = self.sound(client_id, document)
        except Faulty as faulty:
            raise Faulty([*faulty.faults, *faults], "client.faulty") from faulty
        if faults:
            raise Faulty(faults, "client.faulty")
        return client

    def sound(self, client_id: str, document: Mapping[str, Any]) -> Client:
        """Judge a document by itself, its sector document included; what others hold isn't looked at."""
        client = judge(client_id, document, self.offered)
        if client.subject_type == "pairwise" and client.sector_identifier_uri:
            listed = self.sector_document(client.sector_identifier_uri)
            missing = [uri for uri in client.redirect_uris if uri not in listed]
            if missing:
                faults = [Fault("sector_identifier_uri", "client.sector_lacks", {"value": uri}) for uri in missing]
                raise Faulty(faults, "client.faulty")
        return client

    def _taken(self, client_id: str, document: Mapping[str, Any], new: bool) -> list[Fault]:
        faults, own = [], None if new else client_id
        if new and self.clients.fresh(client_id) is not None:
            faults.append(Fault("client_id", "client.id_taken"))
        resources = document.get("resource_uris")
        for uri in resources if isinstance(resources, list) else ():
            if isinstance(uri, str) and "\0" not in uri and self.clients.of_resource(uri) not in (None, own):
                faults.append(Fault("resource_uris", "client.resource_taken", {"value": uri}))
        return faults

    def wrote(self, kind: str, client_id: str, act: Callable[[], None], secret: str = "") -> Registered:
        """Act, write a line in the journal, and return what stands in the store then."""
        with self._first(client_id):
            act()
            self.journal.record(Event(kind, actor=self.actor, client_id=client_id))
            registered = Registered(self.one(client_id), secret)
            self.remember(registered)
        return registered

    def removed(self, client: Client) -> None:
        """Forget the client, end every grant it has, and write a line in the journal."""
        with self._first(client.client_id):
            self.grants.end_all_of_client(client.client_id, "client_removed", self.now())
            self.clients.remove(client)
            self.journal.record(Event("client.removed", actor=self.actor, client_id=client.client_id))

    @contextmanager
    def _first(self, client_id: str) -> Iterator[None]:
        """Write together; refuse when somebody else was first since we read."""
        try:
            with self.clients.together():
                yield
        except (Conflict, Changed) as error:
            raise Refused("client.changed_meanwhile", client_id=client_id) from error
        finally:
            self.clients.forget(client_id)
