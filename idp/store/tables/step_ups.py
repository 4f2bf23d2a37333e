"""Requests that wait for a level: the sign-in that asked is taken up again when the level has come."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.store.tables.columns import Json, Model, Moment


class StepUpRow(Model):
    """``id`` is a digest of the waiting request's secret id, ``browser`` one of the mark of the browser that asked."""

    __tablename__ = "step_ups"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    parameters: Mapped[Any] = mapped_column(Json)
    acr_request: Mapped[Any] = mapped_column(Json)
    browser: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (Index("step_ups_by_account", "account_id", "started_at"),)
