"""Accounts, contacts, registrations under way, sessions, evidence, consents."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.store.tables.columns import Json, Model, Moment


class AccountRow(Model):
    """``login_key`` is the login in lower case: the unique index decides who has it (GEN-10)."""

    __tablename__ = "accounts"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(String(320))
    login_key: Mapped[str | None] = mapped_column(String(320), unique=True)
    login_chosen: Mapped[bool] = mapped_column(Boolean, default=False)
    family_name: Mapped[str] = mapped_column(String(100))
    given_name: Mapped[str] = mapped_column(String(100))
    middle_name: Mapped[str] = mapped_column(String(100), default="")
    gender: Mapped[str | None] = mapped_column(String(8))
    birthdate: Mapped[date | None] = mapped_column(Date)
    locale: Mapped[str] = mapped_column(String(8), default="ru")
    password_hash: Mapped[str] = mapped_column(String(300))
    password_changed_at: Mapped[datetime | None] = mapped_column(Moment)
    question: Mapped[str] = mapped_column(Text, default="")
    answer_hash: Mapped[str] = mapped_column(String(300), default="")
    agreement_version: Mapped[str] = mapped_column(String(32), default="")
    agreed_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class ContactRow(Model):
    """A confirmed e-mail belongs to one live account: the partial unique index decides (D-02)."""

    __tablename__ = "contacts"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(String(320))
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    outdated_at: Mapped[datetime | None] = mapped_column(Moment)
    undeliverable_at: Mapped[datetime | None] = mapped_column(Moment)
    affirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    added_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "one_account_an_email",
            "value",
            unique=True,
            sqlite_where=text("kind = 'email' AND confirmed_at IS NOT NULL"),
            postgresql_where=text("kind = 'email' AND confirmed_at IS NOT NULL"),
        ),
        Index("contacts_by_value", "kind", "value"),
    )


class RegistrationRow(Model):
    """A registration that waits for its e-mail; it expires and frees everything (SIM-27).

    ``secret_digest`` is of the browser's cookie, ``link_digest`` of the letter's link, ``code_digest`` of its code.
    """

    __tablename__ = "registrations"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    secret_digest: Mapped[str] = mapped_column(String(64), unique=True)
    link_digest: Mapped[str] = mapped_column(String(64), unique=True)
    code_digest: Mapped[str] = mapped_column(String(64), default="")
    code_expires_at: Mapped[datetime | None] = mapped_column(Moment)
    code_tries: Mapped[int] = mapped_column(Integer, default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    sends: Mapped[int] = mapped_column(Integer, default=0)
    email: Mapped[str] = mapped_column(String(320), index=True)
    phone: Mapped[str] = mapped_column(String(20), default="")
    family_name: Mapped[str] = mapped_column(String(100))
    given_name: Mapped[str] = mapped_column(String(100))
    middle_name: Mapped[str] = mapped_column(String(100), default="")
    password_hash: Mapped[str] = mapped_column(String(300))
    question: Mapped[str] = mapped_column(Text, default="")
    answer_hash: Mapped[str] = mapped_column(String(300), default="")
    consents: Mapped[Any] = mapped_column(Json)
    agreement_version: Mapped[str] = mapped_column(String(32))
    locale: Mapped[str] = mapped_column(String(8))
    transaction_id: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    account_id: Mapped[str | None] = mapped_column(String(32))


class SessionRow(Model):
    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    secret_digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    amr: Mapped[Any] = mapped_column(Json)
    auth_time: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    idle_seconds: Mapped[int] = mapped_column(Integer)
    shared_computer: Mapped[bool] = mapped_column(Boolean, default=False)
    browser: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class EvidenceRow(Model):
    """The history of a person's level: rows are added and ended, never changed otherwise (GEN-14)."""

    __tablename__ = "evidence"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    reference: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(100), default="system")
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
    ended: Mapped[str] = mapped_column(String(32), default="", server_default="")
    source: Mapped[str] = mapped_column(String(32), default="", server_default="")


class ConsentRow(Model):
    """Every word ever given or taken back; the latest of a kind counts."""

    __tablename__ = "consents"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    given: Mapped[bool] = mapped_column(Boolean)
    text_version: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Moment)


class SharingRow(Model):
    __tablename__ = "sharings"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    scopes: Mapped[Any] = mapped_column(Json)
    claims: Mapped[Any] = mapped_column(Json)
    given_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
