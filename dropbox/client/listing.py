"""Envelopes that come back: a page of a listing, as bytes that nobody has believed yet.

Only the form is checked here, so that one hostile envelope spoils nothing but itself: whoever opens
the envelopes (``crypto.reporter``, ``crypto.analyst``) decides about each of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from crypto.chains import Stored
from crypto.envelope import Chain
from crypto.errors import ProtocolError
from dropbox.client.errors import WrongAnswer
from dropbox.wire import Entry, FileClaim, Page, unpack

_CHAIN_AT = 1
_SEQ_AT = slice(2, 6)


@dataclass(frozen=True)
class Listed:
    """One envelope as the server lists it. ``wraps``: recipient's card id → wrap."""

    position: int
    mailbox: bytes
    day: date
    header: bytes
    body_hash: bytes
    body: bytes | None
    wraps: Mapping[bytes, bytes]
    files: tuple[FileClaim, ...]
    use: bytes | None
    deleted: bytes | None

    @property
    def stored(self) -> Stored:
        """The envelope as ``crypto`` takes it, still unverified."""
        return Stored(self.header, self.body_hash, self.body, self.wraps, self.day, self.deleted)

    @property
    def is_own(self) -> bool:
        """Whether the header claims the ``reporter`` chain."""
        return self.header[_CHAIN_AT : _CHAIN_AT + 1] == bytes([Chain.REPORTER])

    @property
    def team_seq(self) -> int | None:
        """The place in the ``team`` chain that the header claims, if it is of that chain."""
        if self.header[_CHAIN_AT : _CHAIN_AT + 1] != bytes([Chain.TEAM]):
            return None
        return int.from_bytes(self.header[_SEQ_AT], "little")


@dataclass(frozen=True)
class Listing:
    """Some envelopes, in the server's order. ``use`` is what the server says a mailbox has to use;
    it decides nothing. ``more`` says that another page follows."""

    use: bytes | None
    entries: tuple[Listed, ...]
    more: bool


def read_listing(parcel: bytes) -> Listing:
    """The listing in a server's answer. Raises ``WrongAnswer`` unless it is whole."""
    try:
        document, blobs = unpack(parcel)
        page = Page.from_bytes(document)
    except ProtocolError:
        raise WrongAnswer from None
    rest = iter(blobs)
    entries = tuple(_read_entry(entry, rest) for entry in page.entries)
    if next(rest, None) is not None:
        raise WrongAnswer
    return Listing(page.use, entries, page.more)


def check_rising(listing: Listing, after: int) -> Listing:
    """The page itself. Raises ``WrongAnswer`` unless its positions rise from ``after``, and it has
    some where there is more."""
    position = after
    for entry in listing.entries:
        if entry.position <= position:
            raise WrongAnswer
        position = entry.position
    if listing.more and not listing.entries:
        raise WrongAnswer
    return listing


def _read_entry(entry: Entry, blobs: Iterator[bytes]) -> Listed:
    if len(set(entry.wraps)) != len(entry.wraps):
        raise WrongAnswer
    try:
        header = next(blobs)
        body = next(blobs) if entry.has_body else None
        wraps = {recipient: next(blobs) for recipient in entry.wraps}
    except StopIteration:
        raise WrongAnswer from None
    return Listed(
        entry.position,
        entry.mailbox,
        entry.day,
        header,
        entry.body_hash,
        body,
        wraps,
        entry.files,
        entry.use,
        entry.deleted,
    )
