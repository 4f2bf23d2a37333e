"""Journal, notices of the notification centre, and the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.store.tables.columns import Json, Model, Moment


class JournalRow(Model):
    __tablename__ = "journal"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    kind: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[str] = mapped_column(String(32), default="")
    actor: Mapped[str] = mapped_column(String(80), default="system")
    client_id: Mapped[str] = mapped_column(String(64), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    details: Mapped[Any] = mapped_column(Json)
    __table_args__ = (Index("journal_by_account", "account_id", "at"),)


class NoticeRow(Model):
    """A notice in the person's own notification centre (D-06); its words stand in the catalogue under ``kind``."""

    __tablename__ = "notices"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(64))
    params: Mapped[Any] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (Index("notices_by_account", "account_id", "at"),)


class OutboxRow(Model):
    """What must leave the house once: a letter, an SMS, a logout token. A job takes due rows by a lease.

    ``channel`` is ``email``, ``sms`` or ``logout``; ``payload`` is what its sender needs. A row with ``done_at`` has
    left or was dropped, ``failed`` tells which; ``account_id`` lets a closed account's messages be dropped (TRM-07).
    ``cause`` is ``level_fell`` where a portal hears that it was told more than holds.
    """

    __tablename__ = "outbox"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[str] = mapped_column(String(32), default="", index=True)
    reference: Mapped[str] = mapped_column(String(64), default="", index=True)
    payload: Mapped[Any] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    failed: Mapped[bool] = mapped_column(default=False)
    cause: Mapped[str] = mapped_column(String(16), default="", server_default="")
    __table_args__ = (Index("outbox_due", "done_at", "due_at"),)
