"""Administrators' tokens, repeated requests, and the words that clients are found by."""

import json
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "admin_tokens",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_admin_tokens_account_id", "admin_tokens", ["account_id"])
    op.create_table(
        "repeats",
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_digest"),
    )
    op.create_index("ix_repeats_expires_at", "repeats", ["expires_at"])
    terms = op.create_table(
        "client_terms",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column(
            "term", sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("kind", "term", "client_id"),
    )
    op.create_index("ix_client_terms_client_id", "client_terms", ["client_id"])
    _find_those_that_stand(terms)


def _find_those_that_stand(terms: sa.Table) -> None:
    """Write the words of clients registered before; what a word is stands in ``idp.clients.terms``."""
    rows = op.get_bind().execute(sa.text("SELECT client_id, client_name, metadata FROM clients")).fetchall()
    for client_id, name, metadata in rows:
        others = [text for key, text in json.loads(metadata).items() if key.startswith("client_name#")]
        found = set()
        for text in (client_id, name, *others):
            folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")[:200]
            found.update(re.findall(r"\w+", folded))
        if found:
            op.bulk_insert(terms, [{"kind": "name", "term": word, "client_id": client_id} for word in sorted(found)])


def downgrade() -> None:
    op.drop_table("client_terms")
    op.drop_table("repeats")
    op.drop_table("admin_tokens")
