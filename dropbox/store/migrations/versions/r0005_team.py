"""The team: its roster, the papers that go between its workstations, and who has which mailbox.

A mailbox that its owner closed now keeps saying which group has it, so that its case stays with its
handlers; what was closed before is given back what its newest ``team`` envelope said.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.LargeBinary(32)
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEAM = 2

_mailboxes = sa.table("mailboxes", *(sa.column(name) for name in ("id", "use", "closed")))
_envelopes = sa.table(
    "envelopes", *(sa.column(name) for name in ("mailbox", "chain", "seq", "use"))
)
_NEWEST = (
    sa.select(_envelopes.c.use)
    .where(_envelopes.c.mailbox == _mailboxes.c.id, _envelopes.c.chain == _TEAM)
    .order_by(_envelopes.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)


def upgrade() -> None:
    """Add seven tables and a column, and correct the closed mailboxes."""
    _add_papers()
    handled = sa.Column("handled", sa.BigInteger, nullable=False, server_default="0")
    op.add_column("cursors", handled)
    op.create_table(
        "handlers",
        sa.Column("mailbox", _KEY, sa.ForeignKey("mailboxes.id"), primary_key=True),
        sa.Column("analyst", _ID, primary_key=True),
        sa.Column("since", sa.Date, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "departures",
        sa.Column("envelope", _KEY, sa.ForeignKey("envelopes.position"), primary_key=True),
        sa.Column("analyst", _ID, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "removals",
        sa.Column("mark", sa.LargeBinary(16), primary_key=True),
        sa.Column("analyst", _ID, primary_key=True),
        sa.Column("what", sa.SmallInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    closed = sa.update(_mailboxes).where(_mailboxes.c.closed.is_not(None))
    op.get_bind().execute(closed.values(use=_NEWEST))


def _add_papers() -> None:
    op.create_table(
        "rosters",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", _ID, nullable=False),
        sa.Column("signed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "receiving",
        sa.Column("analyst", _ID, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("signed", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "grants",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("analyst", _ID, nullable=False),
        sa.Column("group", _ID, nullable=False),
        sa.Column("granter", _ID, nullable=False),
        sa.Column("mailbox", _KEY, sa.ForeignKey("mailboxes.id")),
        sa.Column("signed", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("analyst", "group", "granter"),
    )
    op.create_index("grants_by_mailbox", "grants", ["mailbox"])
    op.create_table(
        "erased",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("analyst", _ID, nullable=False),
        sa.Column("group", _ID, nullable=False),
        sa.Column("signed", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("analyst", "group"),
    )
