"""Evidence tells its source and why it ended; sealed personal data; questions to registries."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("ended", sa.String(length=32), server_default="", nullable=False))
    op.add_column("evidence", sa.Column("source", sa.String(length=32), server_default="", nullable=False))
    op.execute("UPDATE evidence SET ended = 'replaced' WHERE until IS NOT NULL")
    op.execute("UPDATE evidence SET source = 'letter' WHERE kind = 'email'")
    op.create_table(
        "personal_data",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("account_id", "field"),
    )
    op.create_index("one_holder_a_value", "personal_data", ["field", "digest"], unique=True)
    op.create_index(op.f("ix_personal_data_key_id"), "personal_data", ["key_id"])
    op.create_table(
        "registry_questions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("asked_of", sa.String(length=32), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("ticket", sa.String(length=200), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id"),
    )
    op.create_index(op.f("ix_registry_questions_account_id"), "registry_questions", ["account_id"])
    op.create_index(op.f("ix_registry_questions_key_id"), "registry_questions", ["key_id"])
    op.create_index("registry_questions_due", "registry_questions", ["closed_at", "due_at"])
    op.create_index(
        "one_open_question",
        "registry_questions",
        ["account_id", "asked_of"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("registry_questions")
    op.drop_table("personal_data")
    op.drop_column("evidence", "source")
    op.drop_column("evidence", "ended")
