"""Hashes over an envelope's wraps, and over what stands beside its id; made for what is there.

Nobody can say whether that was damaged before. From now on damage is found.
"""

import sqlalchemy as sa
from alembic import op

from dropbox.store.hashes import HASH, hash_beside, hash_of_wrap

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AT_ONCE = 200
_envelopes = sa.table(
    "envelopes",
    *(sa.column(name) for name in ("position", "id", "use", "deleted", "beside")),
    sa.column("day", sa.Date),
)
_wraps = sa.table(
    "wraps", *(sa.column(name) for name in ("envelope", "slot", "recipient", "wrap", "hash"))
)
_PAGE = (
    sa.select(_envelopes)
    .where(_envelopes.c.position > sa.bindparam("after"))
    .order_by(_envelopes.c.position)
    .limit(_AT_ONCE)
)
_THEIRS = (
    sa.select(_wraps, _envelopes.c.id)
    .join(_envelopes, _wraps.c.envelope == _envelopes.c.position)
    .where(_wraps.c.envelope.between(sa.bindparam("first"), sa.bindparam("last")))
)
_BESIDE = (
    sa.update(_envelopes)
    .where(_envelopes.c.position == sa.bindparam("key"))
    .values(beside=sa.bindparam("found", type_=sa.LargeBinary))
)
_HASH = (
    sa.update(_wraps)
    .where(_wraps.c.envelope == sa.bindparam("key"), _wraps.c.slot == sa.bindparam("place"))
    .values(hash=sa.bindparam("found", type_=sa.LargeBinary))
)


def upgrade() -> None:
    """Add the columns and fill them."""
    op.add_column("envelopes", sa.Column("beside", sa.LargeBinary(HASH)))
    op.add_column("wraps", sa.Column("hash", sa.LargeBinary(HASH)))
    connection = op.get_bind()
    after = -1
    while page := connection.execute(_PAGE, {"after": after}).all():
        found = [
            {"key": row.position, "found": hash_beside(row.id, row.day, row.use, row.deleted)}
            for row in page
        ]
        connection.execute(_BESIDE, found)
        after = page[-1].position
        theirs = connection.execute(_THEIRS, {"first": page[0].position, "last": after}).all()
        wraps = [
            {
                "key": row.envelope,
                "place": row.slot,
                "found": hash_of_wrap(row.id, row.slot, row.recipient, row.wrap),
            }
            for row in theirs
        ]
        if wraps:
            connection.execute(_HASH, wraps)
