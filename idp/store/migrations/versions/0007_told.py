"""The level that a portal was last told, and why it is written to."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("grants", sa.Column("told_level", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("cause", sa.String(length=16), nullable=False, server_default=""))
