"""The index of what the analyst may read: it follows the cases, and answers what is looked for.

:meth:`Index.follow` brings it to what the fold says at that moment: (1) parts that were kept are
opened, once (2) cases that are purged, hidden or somebody else's are removed (3) cases that changed
are read anew, for as long as there is time (4) parts that changed are kept. It is called before
anything is looked for, so that what was removed is never found, and again and again while the pages
are open. How much is not read yet is said with what was found.
"""

import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from inbox_ui.archive import Mailbox
from inbox_ui.casebook import Casebook
from inbox_ui.errors import DamagedArchive
from inbox_ui.schema import SHELF
from inbox_ui.search.contents import Contents, contents_of, is_readable, state_of
from inbox_ui.search.excerpts import Parts, excerpt
from inbox_ui.search.images import Images, sweep
from inbox_ui.search.likeness import ALIKE, likeness, sketch
from inbox_ui.search.query import read_query
from inbox_ui.search.shard import Hit, Place, Shard
from inbox_ui.snapshot import home_of
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.vault import Vault

ON_A_PAGE: Final = 20
MOST_PAGES: Final = 50
MANY: Final = 2000
"""From so many on, what was found is not put into an order of merit: no such order helps then."""
FOR_A_PAGE: Final = 0.1
"""Seconds that a page reads for before it looks: it says how much is not read yet."""
FOR_EVERY_CASE: Final = 1.0
"""The same for what must leave no case out: it opens those that are not read by then."""
_AT_ONCE: Final = 10
"""Cases that are read together, some tens of milliseconds: whoever wants a page waits for them."""
_KEEP_AFTER: Final = 200
"""Changed cases after which a part is kept anew; the others are read again at the next start."""
_CANDIDATES: Final = 50

Progress = Callable[[int, int], None]
"""Told how many of how many cases are read."""


@dataclass(frozen=True)
class Result:
    """An entry that was found, and a piece of it."""

    case: str
    place: Place
    parts: Parts = field(repr=False)


@dataclass(frozen=True)
class Found:
    """One page of what was found. ``count`` is of entries, and ``MANY`` where there are more;
    ``ranked``: the best come first, else those of the cases that changed last. ``asked`` is set
    where something was looked for. ``left`` of ``cases`` are not read yet."""

    typed: str = field(repr=False)
    asked: bool
    count: int
    ranked: bool
    page: int
    pages: int
    results: tuple[Result, ...]
    left: int
    cases: int


@dataclass(frozen=True)
class Alike:
    """A case whose first report is nearly the same; ``share`` is from 0 to 100."""

    mailbox: int
    share: int


class Index:
    """That of one opened workstation. It is empty until it first follows."""

    def __init__(self) -> None:
        self._shards: Final[dict[int, Shard]] = {}
        self._images: Images | None = None
        self._vault: Vault | None = None
        self._readable: Mapping[int, Summary] = {}
        self._waits: Mapping[int, str] = {}
        self._followed: tuple[Casebook, int, Mapping[int, str]] | None = None
        self._stale: Final[deque[Summary]] = deque()

    def follow(
        self,
        station: Station,
        seconds: float = float("inf"),
        progress: Progress = lambda done, of: None,
        wanted: Callable[[], bool] = lambda: False,
    ) -> int:
        """Follow the cases of ``station``, which is folded: how many are still to be read after
        ``seconds``, or once somebody else is ``wanted``: they would wait meanwhile."""
        self._open(station)  # (1)
        self._waits = _waiting(station)
        state = (station.casebook, station.casebook.folds, self._waits)
        behind = state != self._followed
        if behind:
            self._readable = {
                each.mailbox: each for each in station.casebook.all() if is_readable(each)
            }
            self._forget_others()  # (2)
            self._look_for_stale()
            self._followed = state
        if behind or self._stale or any(shard.removed for shard in self._shards.values()):
            self._read(station, seconds, progress, wanted)  # (3)
            self._keep(station)  # (4)
        return self.left

    @property
    def left(self) -> int:
        """How many cases are still to be read."""
        return len(self._stale)

    @property
    def cases(self) -> int:
        """How many cases may be searched."""
        return len(self._readable)

    # -- looking --------------------------------------------------------------------------------

    def search(self, typed: str, page: int = 1) -> Found:
        """Page ``page`` (from 1; the nearest there is) of what has all that was ``typed``."""
        match = read_query(typed)
        count = self._count(match) if match else 0
        ranked = count < MANY
        pages = min(max(1, -(-count // ON_A_PAGE)), MOST_PAGES)
        page = min(max(page, 1), pages)
        results = tuple(self._results(match, page, ranked=ranked)) if count else ()
        return Found(typed, bool(match), count, ranked, page, pages, results, self.left, self.cases)

    def named(self, kind: str, normal: str) -> tuple[Summary, ...]:
        """The cases, among those that may be read, in which this was marked."""
        found = {each for shard in self._shards.values() for each in shard.named(kind, normal)}
        return tuple(self._readable[each] for each in sorted(found & self._readable.keys()))

    def where(self, holds: Callable[[str], bool]) -> tuple[Summary, ...]:
        """The cases that have a text which ``holds``, and those that are not read yet: all of which
        it may be true."""
        found = {each for shard in self._shards.values() for each in shard.where(holds)}
        found |= {each.mailbox for each in self._stale}
        return tuple(self._readable[each] for each in sorted(found & self._readable.keys()))

    def alike(self, mailbox: int) -> tuple[tuple[Summary, int], ...]:
        """The other cases whose first report is nearly the same as that of this one, the likest
        first, and how much of it is the same, of 100. At most 50 are looked at."""
        story = self._story(mailbox)
        own = sketch(story)
        if not own or mailbox not in self._readable:
            return ()
        candidates = [
            each for shard in self._shards.values() for each in shard.alike(own, _CANDIDATES)
        ]
        shares = {
            each: likeness(story, self._story(each))
            for each in candidates[:_CANDIDATES]
            if each != mailbox and each in self._readable
        }
        found = sorted(shares.items(), key=lambda each: (-each[1], each[0]))
        return tuple(
            (self._readable[each], int(share * 100)) for each, share in found if share >= ALIKE
        )

    def _story(self, mailbox: int) -> str:
        shard = self._shards.get(mailbox // SHELF)
        return shard.story(mailbox) if shard is not None else ""

    def _count(self, match: str) -> int:
        count = 0
        for shard in self._shards.values():
            count += shard.count(match, MANY - count)
            if count >= MANY:
                break
        return count

    def _results(self, match: str, page: int, *, ranked: bool) -> Iterator[Result]:
        most = page * ON_A_PAGE
        hits: list[tuple[Hit, int]] = []
        for number, shard in sorted(self._shards.items(), reverse=True):
            hits += [(hit, number) for hit in shard.find(match, most, ranked=ranked)]
            if not ranked and len(hits) >= most:
                break
        if ranked:
            hits.sort(key=lambda each: (each[0].rank, -each[1], -each[0].entry))
        for hit, number in hits[most - ON_A_PAGE : most]:
            place = self._shards[number].place(hit.entry)
            summary = self._readable.get(place.mailbox)
            if summary is not None:
                marked = self._shards[number].marked(match, hit.entry)
                yield Result(summary.name, place, excerpt(marked))

    # -- following ------------------------------------------------------------------------------

    def _open(self, station: Station) -> None:
        """Open what was kept. Under another home all parts are kept anew."""
        if station.vault is self._vault:
            return
        self._vault, first = station.vault, self._images is None
        home = home_of(station.vault, station.random_bytes)
        if self._images is not None and self._images.home == home.id:
            return
        folder, service = station.keeper.folder, station.vault.service
        self._images = Images(folder, home, service, station.random_bytes)
        if first:
            for number, image in self._images.load():
                with suppress(sqlite3.DatabaseError):  # of another SQLite: it is read anew
                    self._shards[number] = Shard(image)
        else:
            for shard in self._shards.values():
                shard.changes += _KEEP_AFTER

    def _forget_others(self) -> None:
        for number, shard in list(self._shards.items()):
            for mailbox in [each for each in shard.known if each not in self._readable]:
                shard.remove(mailbox)
            if not shard.known:
                shard.close()
                del self._shards[number]

    def _look_for_stale(self) -> None:
        """The cases that are not in the index as they are now, in the order in which they came to
        be known: the last to be read is the newest."""
        self._stale.clear()
        for mailbox in sorted(self._readable):
            summary, shard = self._readable[mailbox], self._shards.get(mailbox // SHELF)
            if shard is None or shard.known.get(mailbox) != self._state(summary):
                self._stale.append(summary)

    def _read(
        self, station: Station, seconds: float, progress: Progress, wanted: Callable[[], bool]
    ) -> None:
        until, all_of_it = time.monotonic() + seconds, len(self._stale)
        while self._stale:
            some = list(islice(self._stale, _AT_ONCE))
            self._put(some, dict(_contents(station, some, self._waits)))
            for _ in some:
                self._stale.popleft()
            progress(all_of_it - len(self._stale), all_of_it)
            if time.monotonic() >= until or wanted():
                break

    def _state(self, summary: Summary) -> str:
        """What is read of a case depends on it, and on what of it waits for the server."""
        return state_of(summary) + self._waits.get(summary.mailbox, "")

    def _put(self, some: list[Summary], read: Mapping[int, Contents]) -> None:
        parts: dict[int, dict[int, tuple[str, Contents]]] = {}
        for each in some:
            part = parts.setdefault(each.mailbox // SHELF, {})
            part[each.mailbox] = (self._state(each), read[each.mailbox])
        for number, part in parts.items():
            self._shards.setdefault(number, Shard()).put(part)

    def _keep(self, station: Station) -> None:
        """Keep parts of which a case was removed at once, others after enough has changed."""
        assert self._images is not None
        unfinished = {each.mailbox // SHELF for each in self._stale}
        for number, shard in self._shards.items():
            many = shard.changes >= _KEEP_AFTER or shard.changes > len(shard.known) // 2
            if (shard.removed or (many and number not in unfinished)) and self._images.keep(
                number, shard.known, shard.to_bytes(), lambda: _there(station)
            ):
                shard.changes, shard.removed = 0, False
        sweep(station.keeper.folder, self._shards.keys())


def _there(station: Station) -> frozenset[int]:
    """The mailboxes of the archive, but for those that are being purged."""
    leaving = station.archive.leaving.all()
    return frozenset(each.id for each in station.archive.mailboxes() if each.address not in leaving)


def _waiting(station: Station) -> dict[int, str]:
    """The mailboxes of which something waits in the outbox, and which items those are."""
    found: dict[int, str] = {}
    for item in station.archive.outbox.items():
        box = station.archive.mailbox(item.mailbox)
        if box is not None:
            found[box.id] = f"{found.get(box.id, '')} +{item.id}"
    return found


def _contents(
    station: Station, some: list[Summary], waits: Mapping[int, str]
) -> Iterator[tuple[int, Contents]]:
    """What is searched of cases, with what waits: nothing of one under which the archive is
    damaged."""
    boxes: dict[int, Mailbox] = {}
    for each in some:
        address = station.casebook.address(each)
        boxes[each.mailbox] = Mailbox(each.mailbox, address, each.changed)
        with suppress(DamagedArchive):
            if each.mailbox in waits:
                yield each.mailbox, contents_of(station.open_case(each))
                del boxes[each.mailbox]
    for number, rows in station.archive.rows(list(boxes)):
        yield number, contents_of(station.reader.read(boxes[number], rows or []))
