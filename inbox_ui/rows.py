"""An envelope's row: what the server gave, as bytes of the archive and back.

    wraps    = parcel(recipients joined, wrap, wrap, …)
    checksum = BLAKE2b-128 of the other columns but ``body``, which has its own hash

Nothing here is verified: a row holds garbage as well as it holds a report. The checksum only tells
garbage that came from the server from damage that happened here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any, Final

from crypto.chains import Stored
from crypto.constants import HEADER, ID
from crypto.envelope import body_hash
from crypto.errors import ProtocolError
from dropbox.client.listing import Listed
from dropbox.wire import FileClaim, Place, pack, unpack

_CHECKSUM: Final = 16
_LARGEST_HEADER: Final = HEADER
"""What is longer is no header; so much of it is kept to name it by."""


@dataclass(frozen=True)
class Row:
    """One envelope of the archive. ``copies`` counts how often the server gave it.

    ``damaged`` is set where the bytes are not those that were stored; then ``stored`` is ``None``.
    ``use`` is the case group that the server said beside it.
    """

    id: int
    mailbox: int
    copies: int
    foreign_body: bool
    stored: Stored | None
    use: bytes | None = None

    @property
    def damaged(self) -> bool:
        """Whether this disk has changed it (apart from the body, see :meth:`body_damaged`)."""
        return self.stored is None

    def body_damaged(self) -> bool:
        """Whether this disk has changed the body."""
        stored = self.stored
        return (
            stored is not None
            and stored.body is not None
            and not self.foreign_body
            and body_hash(stored.body) != stored.hash_of_body
        )


def columns_of(listed: Listed) -> dict[str, Any]:
    """The columns for an envelope that came, but for ``mailbox``."""
    header = listed.header[: _LARGEST_HEADER + 1]
    stored = Stored(header, listed.body_hash, listed.body, listed.wraps, listed.day, None)
    columns = {
        "envelope": stored.id,
        "position": listed.position,
        "copies": 1,
        "day": listed.day,
        "header": header,
        "body_hash": listed.body_hash,
        "body": listed.body,
        "foreign_body": _is_foreign(listed),
        "wraps": pack_wraps(listed.wraps),
        "beside": _beside(listed.files, listed.use),
        "deleted": listed.deleted,
    }
    return {**columns, "checksum": checksum(columns)}


def read_row(row: Any) -> Row:
    """The row, held against its checksum."""
    columns = row._mapping
    stored = use = None
    if checksum(columns) == columns["checksum"]:
        use = _use_in(columns["beside"])
        stored = Stored(
            columns["header"],
            columns["body_hash"],
            columns["body"],
            unpack_wraps(columns["wraps"]),
            columns["day"],
            columns["deleted"],
        )
    return Row(row.id, row.mailbox, row.copies, row.foreign_body, stored, use)


def checksum(columns: Mapping[str, Any]) -> bytes:
    """16 bytes over everything of the row that has no hash of its own."""
    day: date = columns["day"]
    parts = (
        columns["envelope"],
        columns["header"],
        columns["body_hash"],
        columns["wraps"],
        columns["beside"],
        columns["deleted"] or b"",
        f"{columns['position']},{columns['copies']},{columns['foreign_body']:d},{day}".encode(),
    )
    return blake2b(pack(b"", list(parts)), digest_size=_CHECKSUM).digest()


def pack_wraps(wraps: Mapping[bytes, bytes]) -> bytes:
    """Recipients and wraps as one column."""
    return pack(b"".join(wraps), list(wraps.values()))


def unpack_wraps(column: bytes) -> Mapping[bytes, bytes]:
    """What :func:`pack_wraps` was given; nothing for what it did not write."""
    try:
        recipients, wraps = unpack(column)
    except ProtocolError:
        return {}
    ids = [recipients[start : start + ID] for start in range(0, len(recipients), ID)]
    return dict(zip(ids, wraps, strict=False))


def _beside(files: tuple[FileClaim, ...], use: bytes | None) -> bytes:
    """Empty where the server said nothing beside the envelope, as of most."""
    return Place((), files, use).to_bytes() if files or use is not None else b""


def _use_in(beside: bytes) -> bytes | None:
    """The group in what :func:`_beside` made."""
    if not beside:
        return None
    try:
        return Place.from_bytes(beside).use
    except ProtocolError:
        return None


def _is_foreign(listed: Listed) -> bool:
    return listed.body is not None and body_hash(listed.body) != listed.body_hash
