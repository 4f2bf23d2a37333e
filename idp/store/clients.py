"""Registered clients, kept in memory for some seconds: the machines' hot paths read no database for them."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from idp.clients.client import Client
from idp.clients.stored import from_metadata, metadata_of
from idp.kernel.clock import Clock
from idp.store.database import Database
from idp.store.tables.clients import ClientRow, ResourceRow

_COLUMNS = (
    ClientRow.client_id,
    ClientRow.secret_digest,
    ClientRow.metadata_,
    ClientRow.created_at,
    ClientRow.disabled_at,
    ClientRow.version,
)
_GET = select(*_COLUMNS).where(ClientRow.client_id == bindparam("id"))
_ALL = select(*_COLUMNS).order_by(ClientRow.client_name, ClientRow.client_id)
_ADD = insert(ClientRow)
_CHANGE = (
    update(ClientRow)
    .where(ClientRow.client_id == bindparam("id"), ClientRow.version == bindparam("present"))
    .values(
        client_name=bindparam("name"),
        secret_digest=bindparam("secret"),
        metadata_=bindparam("document"),
        changed_at=bindparam("at"),
        disabled_at=bindparam("disabled"),
        version=ClientRow.version + 1,
    )
)
_REMOVE = delete(ClientRow).where(ClientRow.client_id == bindparam("id"))
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
        row = self._database.row(_GET, {"id": client_id}) if client_id.isprintable() else None
        client = _client(row) if row is not None else None
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[client_id] = (at + self._seconds, client)
        return client

    def all(self) -> list[Client]:
        """Return every client by name, disabled ones too."""
        return [_client(row) for row in self._database.rows(_ALL)]

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
        self._kept.pop(client.client_id, None)

    def change(self, client: Client) -> None:
        """Write the client over its version; ``Changed`` when that isn't the newest, ``Conflict`` as ``add``."""
        with self._database.together():
            touched = self._database.run(
                _CHANGE,
                {
                    "id": client.client_id,
                    "present": client.version,
                    "name": client.client_name,
                    "secret": client.secret_digest,
                    "document": metadata_of(client),
                    "at": self._now(),
                    "disabled": client.disabled_at,
                },
            )
            if not touched:
                raise Changed(client.client_id)
            self._database.run(_FREE_RESOURCES, {"id": client.client_id})
            self._hold(client)
        self._kept.pop(client.client_id, None)

    def remove(self, client_id: str) -> bool:
        with self._database.together():
            self._database.run(_FREE_RESOURCES, {"id": client_id})
            removed = self._database.run(_REMOVE, {"id": client_id}) == 1
        self._kept.pop(client_id, None)
        return removed

    def _hold(self, client: Client) -> None:
        for uri in client.resource_uris:
            self._database.run(_HOLD_RESOURCE, {"uri": uri, "client_id": client.client_id})


def _client(row: Row[Any]) -> Client:
    disabled_at: datetime | None = row.disabled_at
    return from_metadata(
        row.client_id,
        row.metadata,
        secret_digest=row.secret_digest,
        created_at=row.created_at,
        disabled_at=disabled_at,
        version=row.version,
    )
