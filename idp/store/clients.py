"""Registered clients, kept in memory for some seconds: the machines' hot paths read no database for them."""

from contextlib import AbstractContextManager

from sqlalchemy import bindparam, delete, insert, select, update

from idp.clients.client import Client
from idp.clients.stored import metadata_of
from idp.kernel.clock import Clock
from idp.store import client_terms
from idp.store.client_rows import COLUMNS, client_of
from idp.store.database import Database
from idp.store.tables.clients import ClientRow, ResourceRow

_GET = select(*COLUMNS).where(ClientRow.client_id == bindparam("id"))
_ALL = select(*COLUMNS).order_by(ClientRow.client_name, ClientRow.client_id)
_ADD = insert(ClientRow)
#: The version that was seen, of that very client: one that is registered anew under the name counts from 1 again.
_SEEN = (
    ClientRow.client_id == bindparam("id"),
    ClientRow.version == bindparam("present"),
    ClientRow.created_at == bindparam("born"),
)
_CHANGE = (
    update(ClientRow)
    .where(*_SEEN)
    .values(
        client_name=bindparam("name"),
        secret_digest=bindparam("secret"),
        metadata_=bindparam("document"),
        changed_at=bindparam("at"),
        disabled_at=bindparam("disabled"),
        version=ClientRow.version + 1,
    )
)
_REMOVE = delete(ClientRow).where(*_SEEN)
_OF_RESOURCE = select(ResourceRow.client_id).where(ResourceRow.uri == bindparam("resource"))
_FREE_RESOURCES = delete(ResourceRow).where(ResourceRow.client_id == bindparam("id"))
_HOLD_RESOURCE = insert(ResourceRow)
#: Unknown names are remembered too, so that they cost as much as known ones; the bound keeps a flood of them small.
_MOST = 4096


class Changed(Exception):
    """Somebody else changed the client between our reading and our writing."""


class Clients:
    """What another process changes is seen within ``cache_seconds``; what this one changes, at once."""

    def __init__(self, database: Database, now: Clock, cache_seconds: float = 5.0) -> None:
        self._database = database
        self._now = now
        self._seconds = cache_seconds
        self._kept: dict[str, tuple[float, Client | None]] = {}

    def together(self) -> AbstractContextManager[None]:
        """Writes inside stand or fall as one, with those of other stores."""
        return self._database.together()

    def get(self, client_id: str) -> Client | None:
        """Return the client if it is registered and not disabled."""
        client = self.known(client_id)
        return client if client is not None and client.disabled_at is None else None

    def known(self, client_id: str) -> Client | None:
        """Return the client, disabled or not."""
        at = self._now().timestamp()
        kept = self._kept.get(client_id)
        if kept is not None and kept[0] > at:
            return kept[1]
        client = self.fresh(client_id)
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[client_id] = (at + self._seconds, client)
        return client

    def fresh(self, client_id: str) -> Client | None:
        """Return the client as the store has it now: what changes a client starts from there."""
        row = self._database.row(_GET, {"id": client_id}) if client_id.isprintable() else None
        return client_of(row) if row is not None else None

    def forget(self, client_id: str) -> None:
        """Look at the store when the client is asked for next: what was written inside ``together`` stands only now."""
        self._kept.pop(client_id, None)

    def page(self, after: str, limit: int, name: str = "", owner: str = "") -> list[Client]:
        """Return clients behind this id, by id: a page stays what it is whoever is added meanwhile.

        ``name`` holds beginnings of words, each of which the client's names or id must have; ``owner`` is the whole.
        """
        return [client_of(row) for row in self._database.rows(*client_terms.found(after, limit, name, owner))]

    def all(self) -> list[Client]:
        """Return every client by name, disabled ones too."""
        return [client_of(row) for row in self._database.rows(_ALL)]

    def of_resource(self, uri: str) -> str | None:
        """Return which client is the resource server of this address (RFC 8707)."""
        row = self._database.row(_OF_RESOURCE, {"resource": uri})
        return row[0] if row is not None else None

    def add(self, client: Client) -> None:
        """Keep a new client; ``Conflict`` when its name or one of its resources is taken."""
        at = self._now()
        with self._database.together():
            self._database.run(
                _ADD,
                {
                    "client_id": client.client_id,
                    "client_name": client.client_name,
                    "secret_digest": client.secret_digest,
                    "metadata": metadata_of(client),
                    "created_at": at,
                    "changed_at": at,
                    "disabled_at": client.disabled_at,
                    "version": client.version,
                },
            )
            self._hold(client)
        self.forget(client.client_id)

    def change(self, client: Client) -> None:
        """Write the client over its version; ``Changed`` when that isn't the newest, ``Conflict`` as ``add``."""
        with self._database.together():
            touched = self._database.run(
                _CHANGE,
                {
                    "id": client.client_id,
                    "present": client.version,
                    "born": client.created_at,
                    "name": client.client_name,
                    "secret": client.secret_digest,
                    "document": metadata_of(client),
                    "at": self._now(),
                    "disabled": client.disabled_at,
                },
            )
            if not touched:
                raise Changed(client.client_id)
            self._hold(client)
        self.forget(client.client_id)

    def remove(self, client: Client) -> None:
        """Forget the client; ``Changed`` when this version isn't the newest."""
        with self._database.together():
            seen = {"id": client.client_id, "present": client.version, "born": client.created_at}
            if not self._database.run(_REMOVE, seen):
                raise Changed(client.client_id)
            self.free_resources(client.client_id)
            client_terms.forget(self._database, client.client_id)
        self.forget(client.client_id)

    def free_resources(self, client_id: str) -> None:
        """Let go of the client's resources, for another one to hold; what is written of the client holds its own."""
        self._database.run(_FREE_RESOURCES, {"id": client_id})

    def _hold(self, client: Client) -> None:
        client_terms.write(self._database, client)
        self.free_resources(client.client_id)
        for uri in client.resource_uris:
            self._database.run(_HOLD_RESOURCE, {"uri": uri, "client_id": client.client_id})
