"""Administrators' tokens, the answers that are given again to a repeated request, marks of the database itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.store.tables.columns import Json, Model, Moment


class AdminTokenRow(Model):
    """``digest`` is of the token; ``account_id`` is empty for one that belongs to nobody."""

    __tablename__ = "admin_tokens"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[str] = mapped_column(String(32), default="", index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class RepeatRow(Model):
    """What a request with an idempotency key did. ``key_digest`` is of caller and key, ``request_digest`` of the rest;
    ``nonce`` is what a made secret is derived from, so that the secret itself isn't kept."""

    __tablename__ = "repeats"
    key_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_digest: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[Any] = mapped_column(Json)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


class MarkRow(Model):
    """``until``: when it stops to count; empty: never."""

    __tablename__ = "marks"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
    until: Mapped[datetime | None] = mapped_column(Moment)
