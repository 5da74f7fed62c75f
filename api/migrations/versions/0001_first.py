"""Keys, feedback, audit, secrets"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("rate_per_minute", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("customer", sa.String(64)),
        sa.Column("key_id", sa.String(12), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("feedback_customer", "feedback", ["customer"])
    op.create_index("feedback_at", "feedback", ["at"])
    op.create_table(
        "audit",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("key_id", sa.String(12), nullable=False),
        sa.Column("token", sa.String(64), unique=True),
        sa.Column("detail", sa.JSON, nullable=False),
    )
    op.create_index("audit_at", "audit", ["at"])
    op.create_table("secret", sa.Column("name", sa.String(32), primary_key=True), sa.Column("value", sa.String(128), nullable=False))


def downgrade() -> None:
    """Drop them."""
    for table in ("secret", "audit", "feedback", "api_key"):
        op.drop_table(table)
