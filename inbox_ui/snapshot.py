"""What was folded, sealed for the next start (docs/protocol.md §7).

    sealed = n(24) ‖ XChaCha20-Poly1305(KDF(home secret, 6, "dbx1arch"), n,
                                        AD = home(32) ‖ shelf(8) ‖ basis(32), JSON)

A snapshot holds the summaries of one shelf, a range of mailbox numbers, so that a new envelope
writes little anew. ``home`` is a key that goes with its epoch, so that an old copy of a snapshot
does not open for good. ``basis`` is everything else the fold depends on; when a directory, a group
or this program's fold changes, old snapshots do not open and everything is folded again. A snapshot
is only ever read after its seal was checked, so it needs no strict form.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from crypto.constants import ID, NONCE, SECRET, Context
from crypto.directory import Directory
from crypto.errors import DoesNotOpen
from crypto.groups import ReceivingSecret
from crypto.keys import GroupSecret
from crypto.primitives import RandomBytes, aead_open, aead_seal, derive
from inbox_ui.archive import Archive
from inbox_ui.schema import SHELF
from inbox_ui.summary import Summary, read_summary
from inbox_ui.vault import Vault

_FOLD: Final = b"fold 13"
"""Goes up whenever the fold would give another summary for the same envelopes."""
_ARCHIVE_KEY: Final = 6


def basis_of(
    directory: Directory,
    groups: Iterable[bytes],
    colleagues: Mapping[bytes, bytes],
    supervisors: Iterable[bytes] = (),
    readers: Iterable[bytes] = (),
    interests: Iterable[str] = (),
) -> bytes:
    """32 bytes that change with whatever can change a fold but the envelopes themselves."""
    known = [
        _FOLD,
        directory.service,
        *(b"%d" % epoch + id_ + sign for id_, (epoch, sign) in directory.intake_groups.items()),
        *sorted(b"holds" + group for group in groups),
        *sorted(b"knows" + id_ + sign for id_, sign in colleagues.items()),
        *sorted(b"above" + id_ for id_ in supervisors),
        *sorted(b"reads" + id_ for id_ in readers),
        *sorted(b"minds" + each.encode() for each in interests),
    ]
    digest = blake2b(digest_size=32)
    for part in known:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()


@dataclass(frozen=True)
class Home:
    """A key of the vault that snapshots are sealed under, and its id."""

    id: bytes
    secret: bytes = field(repr=False)


def home_of(vault: Vault, random_bytes: RandomBytes) -> Home:
    """The newest intake group's, else the newest receiving key; where there is neither, nothing is
    kept that another start could open."""
    if vault.intake:
        group = GroupSecret(vault.intake[-1].secret)
        return Home(group.keys.card.id, group.expose())
    if vault.receiving:
        key = ReceivingSecret(vault.receiving[-1].secret)
        return Home(key.card.id, key.expose())
    return Home(bytes(ID), random_bytes(SECRET))


class Snapshots:
    """The snapshots of one home in one archive."""

    def __init__(
        self, archive: Archive, home: Home, basis: bytes, random_bytes: RandomBytes
    ) -> None:
        self._archive = archive
        self._group = home.id
        self._key = derive(home.secret, _ARCHIVE_KEY, Context.ARCHIVE)
        self._basis = basis
        self._random_bytes = random_bytes

    def load(self) -> dict[int, Summary]:
        """What was folded before, by mailbox. A snapshot that does not open is not there."""
        found: dict[int, Summary] = {}
        for shelf, sealed in self._archive.snapshots(self._group).items():
            try:
                data = aead_open(self._key, sealed[:NONCE], sealed[NONCE:], self._name(shelf))
            except DoesNotOpen:
                continue  # of another basis, or damaged: folded again
            for row in json.loads(data):
                found[row[0]] = read_summary(row)
        return found

    def keep(self, summaries: Mapping[int, Summary], changed: Iterable[int]) -> None:
        """Write anew the shelves that hold a mailbox of ``changed``."""
        touched = {mailbox // SHELF for mailbox in changed}
        shelves: dict[int, list[Summary]] = {shelf: [] for shelf in touched}
        for mailbox, summary in summaries.items():
            if mailbox // SHELF in touched:
                shelves[mailbox // SHELF].append(summary)
        self._archive.keep_snapshots(
            self._group, {shelf: self._seal(shelf, rows) for shelf, rows in shelves.items()}
        )

    def _seal(self, shelf: int, rows: list[Summary]) -> bytes:
        data = json.dumps(rows, separators=(",", ":")).encode()
        nonce = self._random_bytes(NONCE)
        return nonce + aead_seal(self._key, nonce, data, self._name(shelf))

    def _name(self, shelf: int) -> bytes:
        return self._group + shelf.to_bytes(8, "little") + self._basis
