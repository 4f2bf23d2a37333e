"""A client as its row holds it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from idp.clients.client import Client
from idp.clients.stored import from_metadata
from idp.store.tables.clients import ClientRow

COLUMNS = (
    ClientRow.client_id,
    ClientRow.secret_digest,
    ClientRow.metadata_,
    ClientRow.created_at,
    ClientRow.disabled_at,
    ClientRow.version,
)


def client_of(row: Row[Any]) -> Client:
    disabled_at: datetime | None = row.disabled_at
    return from_metadata(
        row.client_id,
        row.metadata,
        secret_digest=row.secret_digest,
        created_at=row.created_at,
        disabled_at=disabled_at,
        version=row.version,
    )
