"""The schema, declared once. Alembic's migrations make it; nothing else does."""

from idp.store.tables import accounts, administration, assurance, clients, grants, lists, records, step_ups
from idp.store.tables.columns import Base, db

__all__ = ["Base", "accounts", "administration", "assurance", "clients", "db", "grants", "lists", "records", "step_ups"]
