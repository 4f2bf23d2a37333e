"""Personal data that must be unreadable at rest, and the questions that registries were asked about people."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.store.tables.columns import Model, Moment


class PersonalDatumRow(Model):
    """One field of one person, sealed under the data key ``key_id`` (see ``keys.data_keys``).

    ``digest`` is keyed and stands only while the person holds the value: the unique index decides who does (STD-14).
    """

    __tablename__ = "personal_data"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String(16), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(16), index=True)
    sealed: Mapped[str] = mapped_column(Text)
    digest: Mapped[str | None] = mapped_column(String(64))
    since: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("one_holder_a_value", "field", "digest", unique=True),)


class RegistryQuestionRow(Model):
    """A question to a registry about a person, open until ``closed_at``; one at a time of each person and registry.

    What is asked about lies sealed in it and is blanked when the question closes. ``request_id`` is the same however
    often it is sent; ``due_at`` is when the job looks after it, and moves ahead while somebody does.
    """

    __tablename__ = "registry_questions"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    asked_of: Mapped[str] = mapped_column(String(32))
    request_id: Mapped[str] = mapped_column(String(36), unique=True)
    key_id: Mapped[str] = mapped_column(String(16), index=True)
    sealed: Mapped[str] = mapped_column(Text)
    ticket: Mapped[str] = mapped_column(String(200), default="")
    verdict: Mapped[str] = mapped_column(String(16), default="")
    reference: Mapped[str] = mapped_column(String(200), default="")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    failing_since: Mapped[datetime | None] = mapped_column(Moment)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "one_open_question",
            "account_id",
            "asked_of",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("registry_questions_due", "closed_at", "due_at"),
    )
