"""Hashes over what no id covers, so that a byte the disk has changed is found.

An envelope's id covers its header and, by its hash, its body. What stands beside it (its day, the
group that signed it, the signature of a deletion) and its wraps can change without it:

    beside = BLAKE2b-128(id ‖ YYYY-MM-DD ‖ use or nothing ‖ deleted or nothing)
    hash   = BLAKE2b-128(id ‖ slot(2, little-endian) ‖ recipient ‖ wrap)

Fields that can be missing have one length each, all sums of which differ. These find accidents.
Somebody who writes to the database can make them anew, and changes nothing a reader would believe.
"""

from datetime import date
from hashlib import blake2b
from typing import Final

HASH: Final = 16
"""Bytes of such a hash."""


def hash_beside(id_: bytes, day: date, use: bytes | None, deleted: bytes | None) -> bytes:
    """The hash over what stands beside an envelope's id, 16 bytes."""
    said = (id_, day.isoformat().encode("ascii"), use or b"", deleted or b"")
    return blake2b(b"".join(said), digest_size=HASH, person=b"dropbox/beside").digest()


def hash_of_wrap(id_: bytes, slot: int, recipient: bytes, wrap: bytes) -> bytes:
    """The hash over a wrap of the envelope with this id, 16 bytes."""
    said = id_ + slot.to_bytes(2, "little") + recipient + wrap
    return blake2b(said, digest_size=HASH, person=b"dropbox/wrap").digest()
