"""Registered clients."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.store.tables.columns import Json, Model, Moment, exact


class ClientRow(Model):
    """``metadata_`` holds everything but what is looked up or secret, under the wire names."""

    __tablename__ = "clients"
    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_name: Mapped[str] = mapped_column(String(200))
    secret_digest: Mapped[str] = mapped_column(String(64), default="")
    metadata_: Mapped[Any] = mapped_column("metadata", Json)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ResourceRow(Model):
    """Which client is the resource server of an address (RFC 8707); one address, one client."""

    __tablename__ = "resources"
    uri: Mapped[str] = mapped_column(String(500), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64), index=True)


class ClientTermRow(Model):
    """A word that a client can be found by, see ``clients.terms``; prefixes are ranges of this key."""

    __tablename__ = "client_terms"
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    term: Mapped[str] = mapped_column(exact(200), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
