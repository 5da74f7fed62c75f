"""Sums over what passed through"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "traffic",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("encoder", sa.String(64), nullable=False),
        sa.Column("sums", sa.JSON, nullable=False),
    )
    op.create_index("traffic_at", "traffic", ["at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("traffic")
