"""Grants: what a portal was allowed for one person in one sign-in; tokens name their grant and end with it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.store.tables.columns import Json, Model, Moment


class GrantRow(Model):
    """The refresh token of ``generation`` is derived by a keyed function and kept nowhere.

    ``acr_request`` is what the grant was asked with, ``told_acr`` and ``told_level`` what the portal was last told;
    ``end_reason`` is one of ``replayed_code``, ``reused_refresh``, ``revoked``, ``signed_out``, ``withdrawn``,
    ``closed``, ``level_lost``, ``expired``, ``restored``.
    """

    __tablename__ = "grants"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    client_id: Mapped[str] = mapped_column(String(64), index=True)
    session_id: Mapped[str] = mapped_column(String(32), index=True)
    scope: Mapped[Any] = mapped_column(Json)
    resources: Mapped[Any] = mapped_column(Json)
    acr_request: Mapped[Any] = mapped_column(Json)
    claims_request: Mapped[Any] = mapped_column(Json)
    auth_time: Mapped[datetime] = mapped_column(Moment)
    amr: Mapped[Any] = mapped_column(Json)
    told_acr: Mapped[str] = mapped_column(String(32), default="")
    told_level: Mapped[str] = mapped_column(String(16), default="", server_default="")
    offline: Mapped[bool] = mapped_column(Boolean, default=False)
    generation: Mapped[int] = mapped_column(Integer, default=0)
    rotated_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    end_reason: Mapped[str] = mapped_column(String(32), default="")
