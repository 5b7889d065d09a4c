"""The pieces of casework in a case: read back from its ``recorded`` entries.

A piece is a document in its one form (docs/protocol.md §3), so that two workstations never read two
things out of it. What a newer version of this program wrote is kept and named, not guessed at.
Whoever writes a piece names the last one of its kind that was shown (``after``): two people who
worked at once are told, and neither loses what was written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from crypto.documents import Recorded
from crypto.encoding import Document
from crypto.envelope import Chain
from crypto.errors import ProtocolError
from crypto.opening import Entry, Payload
from inbox_ui.reading import OpenCase
from inbox_ui.work.pieces import KINDS, Work

Piece = TypeVar("Piece", bound=Document)

_SEVERAL: Final = frozenset({Work.DRAFT.value, Work.INTELLIGENCE.value})
"""Kinds of which a case has several at once, each with versions: what is told of those says itself
which version crossed with another."""


@dataclass(frozen=True)
class Record:
    """One piece of casework. ``piece`` is ``None`` where this program cannot read it.

    ``day`` is the server's word for when it was stored; ``waits`` is set while it is not.
    """

    id: bytes
    seq: int
    day: date
    author: bytes
    work: str
    piece: Document | None
    waits: bool


def read_piece(entry: Entry[Payload]) -> Document | None:
    """The document in a verified ``recorded`` entry; ``None`` for what this program cannot read."""
    payload = entry.payload
    if not isinstance(payload, Recorded) or entry.words is None:
        return None
    kind = KINDS.get(payload.work)
    try:
        return kind.from_bytes(entry.words.encode()) if kind is not None else None
    except ProtocolError:
        return None


def records_of(case: OpenCase) -> tuple[Record, ...]:
    """Every piece of casework of a case, in the order of its chain."""
    return tuple(_records(case))


def _records(case: OpenCase) -> Iterator[Record]:
    for entry in case.file.of(Chain.CASE):
        payload = entry.payload
        if isinstance(payload, Recorded):
            yield Record(
                entry.id,
                entry.seq,
                entry.day,
                payload.author,
                payload.work,
                read_piece(entry),
                entry.id in case.waiting,
            )


def pieces(records: tuple[Record, ...], kind: type[Piece]) -> tuple[tuple[Record, Piece], ...]:
    """Those that are a ``kind``, with the record of each."""
    return tuple((each, each.piece) for each in records if isinstance(each.piece, kind))


def newest_id(records: tuple[Record, ...], work: str) -> bytes | None:
    """What the next piece of this kind names as ``after``."""
    return next((each.id for each in reversed(records) if each.work == work), None)


def written_blind(records: tuple[Record, ...]) -> frozenset[bytes]:
    """The ids of those whose author had not been shown the newest of the kind before it."""
    newest: dict[str, bytes] = {}
    blind = set()
    for each in records:
        counts = each.piece is not None and each.work not in _SEVERAL
        if counts and getattr(each.piece, "after", None) != newest.get(each.work):
            blind.add(each.id)
        newest[each.work] = each.id
    return frozenset(blind)
