"""Contacts that can't be reached, and when people last said that they still are theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("undeliverable_at", sa.BigInteger(), nullable=True))
    op.add_column("contacts", sa.Column("affirmed_at", sa.BigInteger(), nullable=True))
