"""Revocation lists with their entries, where lists come from, and the last good list of accredited centres."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.store.tables.columns import Json, Model, Moment


class RevocationListRow(Model):
    """A list that was found sound. ``authority`` is its issuer's name and key by one hash, ``scope`` of what it speaks.

    ``state`` is ``filling`` while entries are put in, ``held`` when all are there, ``going`` while they are taken out.
    """

    __tablename__ = "revocation_lists"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(8))
    authority: Mapped[str] = mapped_column(String(64))
    issuer: Mapped[str] = mapped_column(String(512))
    scope: Mapped[Any] = mapped_column(Json)
    fingerprint: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(64), default="")
    this_update: Mapped[datetime] = mapped_column(Moment)
    next_update: Mapped[datetime] = mapped_column(Moment)
    size: Mapped[int] = mapped_column(Integer)
    entries: Mapped[int] = mapped_column(Integer)
    taken_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("revocation_lists_by_authority", "authority", "state"),)


class RevokedRow(Model):
    """An entry of a list; a login reads one of them by list and serial number."""

    __tablename__ = "revoked_certificates"
    list_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    serial: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(24))
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012


class ListSourceRow(Model):
    """An address that lists are fetched from: what came of the last try, and the mark to ask by next time."""

    __tablename__ = "list_sources"
    address: Mapped[str] = mapped_column(String(1000), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(64), default="")
    mark: Mapped[str] = mapped_column(String(300), default="")
    tried_at: Mapped[datetime] = mapped_column(Moment)
    good_at: Mapped[datetime | None] = mapped_column(Moment)


class TrustListRow(Model):
    """The last good list of accredited centres, as what was read from it; there is one row."""

    __tablename__ = "trust_lists"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer)
    issued: Mapped[datetime] = mapped_column(Moment)
    size: Mapped[int] = mapped_column(Integer)
    centres: Mapped[Any] = mapped_column(Json)
    taken_at: Mapped[datetime] = mapped_column(Moment)
