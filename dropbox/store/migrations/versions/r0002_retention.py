"""Retention: the month a mailbox was last read in, and what is left of a purged one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column and a table."""
    op.add_column("mailboxes", sa.Column("used", sa.Date))
    op.create_table(
        "purged",
        sa.Column("mark", sa.LargeBinary(16), primary_key=True),
        sqlite_with_rowid=False,
    )
