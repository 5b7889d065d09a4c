"""The first form: mailboxes, envelopes, wraps, files, parts, directories, cursors."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Id = sa.LargeBinary(32)
_Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables. What each column is for stands in ``store/schema.py``."""
    op.create_table(
        "mailboxes",
        sa.Column("id", _Key, primary_key=True),
        sa.Column("address", _Id, nullable=False, unique=True),
        sa.Column("use", _Id),
    )
    op.create_table(
        "envelopes",
        sa.Column("position", _Key, primary_key=True),
        sa.Column("mailbox", _Key, sa.ForeignKey("mailboxes.id"), nullable=False),
        sa.Column("chain", sa.SmallInteger, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("id", _Id, nullable=False),
        sa.Column("header", sa.LargeBinary(134), nullable=False),
        sa.Column("body_hash", _Id, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("use", _Id),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("deleted", sa.LargeBinary(64)),
        sa.UniqueConstraint("mailbox", "chain", "seq"),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "postgresql":  # what is sealed does not get smaller
        op.execute("ALTER TABLE envelopes ALTER COLUMN body SET STORAGE EXTERNAL")
    op.create_table(
        "wraps",
        sa.Column("envelope", _Key, sa.ForeignKey("envelopes.position"), primary_key=True),
        sa.Column("slot", sa.SmallInteger, primary_key=True),
        sa.Column("recipient", _Id, nullable=False),
        sa.Column("wrap", sa.LargeBinary(1184), nullable=False),
    )
    op.create_table(
        "files",
        sa.Column("id", _Key, primary_key=True),
        sa.Column("file", _Id, nullable=False, unique=True),
        sa.Column("parts", sa.Integer, nullable=False),
        sa.Column("owner", _Id),
        sa.Column("expires", sa.BigInteger),
        sa.Column("envelope", _Key, sa.ForeignKey("envelopes.position")),
        sa.Column("slot", sa.SmallInteger),
        sa.Column("hash", _Id),
        sa.Index("files_by_envelope", "envelope"),
        sa.Index("files_by_owner", "owner"),
        sa.Index("files_by_expiry", "expires"),
    )
    op.create_table(
        "parts",
        sa.Column("file", _Key, sa.ForeignKey("files.id"), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("hash", _Id, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("name", sa.LargeBinary(16), nullable=False),
    )
    op.create_table(
        "directories",
        sa.Column("seq", sa.BigInteger, primary_key=True),
        sa.Column("hash", _Id, nullable=False),
        sa.Column("signed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "cursors",
        sa.Column("analyst", _Id, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "spent",
        sa.Column("challenge", _Id, primary_key=True),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "ended",
        sa.Column("session", _Id, primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
    )
