"""Closing: the place of the envelope with which a mailbox was closed for good."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column."""
    op.add_column("mailboxes", sa.Column("closed", sa.BigInteger))
