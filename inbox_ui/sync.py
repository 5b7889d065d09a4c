"""Fetching what the server has and delivering what waits (docs/protocol.md §5, §6, §9).

In this order: (1) the directory, verified, never an older one (2) its renewal, where this analyst
is a publisher and it is due (3) the feed, page by page into the archive (4) what was purged, so
that each side knows what the other knew and a restored server purges it again (5) the outbox
(6) the feed again, if anything was delivered.

(4) comes behind the feed, because a server purges nothing that nobody has fetched; and before the
outbox, because what is written into a mailbox that should be gone would keep it.

Over a bundle (``bundling``) a step ends where it needs an answer that nobody has brought yet, and
the ones behind it go on.

The requests depend on how much the server has and on what waits here, never on whether something
opened (P22). Stopped anywhere, it goes on from there the next time.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from crypto.analyst import case_name
from crypto.errors import ProtocolError
from dropbox.client.errors import Away, ClientError, Deferred, Nonsense, Refused, Unknown
from dropbox.client.listing import Listed
from dropbox.client.service import Service
from dropbox.wire import Fault, marks_digest
from inbox_ui.casework import put_in_place
from inbox_ui.errors import InboxError, Lagging, MarksNotTaken, PlaceNotShown, WrongMarks
from inbox_ui.line import Line
from inbox_ui.outbox import Item
from inbox_ui.publishing import is_due, may_publish, publish, sign_next
from inbox_ui.station import Station

_PLACES_TRIED: Final = 4
"""Times an item is signed anew because somebody else was quicker."""

Fetched = Callable[[int, int], None]
"""Told the number of a page and how many envelopes of it were new."""


@dataclass
class Outcome:
    """What a sync did. ``troubles`` are what a person has to know though it went on."""

    new: int = 0
    delivered: int = 0
    purged_again: int = 0
    renewed: bool = False
    troubles: list[Exception] = field(default_factory=list)


class Sync:
    """One conversation with the server. The transport stays open; who made it closes it."""

    def __init__(
        self, station: Station, line: Line, fetched: Fetched = lambda page, new: None
    ) -> None:
        self._station = station
        self._line = line
        self._fetched = fetched
        self._outcome = Outcome()
        self._deferred = 0
        self._whole = False

    async def run(self) -> Outcome:
        """All of it. Raises ``RolledBack`` and other errors of the protocol for a directory that
        must not be believed, ``ClientError`` where the server cannot be spoken to.
        """
        async with self._line.as_analyst(self._station.vault) as service:
            await _or_later(self._fetch_directory(service))  # (1)
            await _or_later(self._renew())  # (2)
            await _or_later(self._fetch(service))  # (3)
            await _or_later(self._join_purged(service))  # (4)
            if await self._deliver(service):  # (5)
                await _or_later(self._fetch(service))  # (6)
            self._station.archive.outbox.settle()
        return self._outcome

    async def _fetch_directory(self, service: Service) -> None:
        signed = await service.directory()
        directory = self._station.archive.directories.admit(signed, self._station.vault.service)
        directory.check_origin(self._line.origin)

    async def _renew(self) -> None:
        station, today = self._station, self._station.today()
        waits = station.archive.directories.unpublished(station.vault.service) is not None
        directory = station.seen.directory
        if not may_publish(station.vault, directory, today):
            return
        if not waits and not is_due(station.vault, directory, today):
            return
        if not waits:
            sign_next(station)
        try:
            async with self._line.as_publisher(station.vault) as service:
                await publish(station, service)
        except (ProtocolError, Refused) as error:
            self._outcome.troubles.append(error)
            return
        self._outcome.renewed = True

    # -- fetching -------------------------------------------------------------------------------

    async def _fetch(self, service: Service) -> None:
        """Every page, until one is empty: asking for that one acknowledges the one before.

        The first page begins one envelope early: a server that no longer has the newest it gave
        has lost more, and would keep silent about what it gives that number next.
        """
        archive = self._station.archive
        reached = archive.reached()
        page, after = 0, max(reached.cursor - 1, 0)
        while True:
            entries = (await service.feed_page(after)).entries
            if page == 0 and reached.newest is not None:
                entries = self._check_overlap(entries, reached.cursor, reached.newest)
            page += 1
            if entries:
                new = archive.store(entries, reached.cursor)
                self._outcome.new += new
                self._fetched(page, new)
                reached = archive.reached()
            elif after == reached.cursor:
                self._whole = True
                return
            after = reached.cursor

    def _check_overlap(
        self, entries: tuple[Listed, ...], cursor: int, newest: bytes
    ) -> tuple[Listed, ...]:
        """The entries behind ``cursor``. That the one at it is another is said, once a sync."""
        first = [each for each in entries if each.position <= cursor]
        lagging = not any(each.stored.id == newest for each in entries)  # deleted: further on
        if lagging and not any(isinstance(each, Lagging) for each in self._outcome.troubles):
            self._outcome.troubles.append(Lagging())
        return entries[len(first) :]

    # -- what was purged ------------------------------------------------------------------------

    async def _join_purged(self, service: Service) -> None:
        """Learn the marks that are new here, and tell those that are new there.

        One small answer where both have the same. Raises ``Away``, or what the archive raises.
        """
        purged = self._station.archive.purged
        known = purged.marks()
        try:
            if await service.purged_digest() == marks_digest(sorted(known)):
                return
            theirs = await service.purged_marks()
            purged.keep(theirs - known)
            self._outcome.purged_again += await service.purge_again(known - theirs)
        except (Nonsense, WrongMarks):
            self._outcome.troubles.append(WrongMarks())
        except Refused:
            self._outcome.troubles.append(MarksNotTaken())

    # -- delivering -----------------------------------------------------------------------------

    async def _deliver(self, service: Service) -> int:
        """Send what waits, oldest first; how many items. One that is refused holds back only what
        was written after it in its own case. Raises ``Away`` or ``Unknown``.
        """
        outbox = self._station.archive.outbox
        outbox.settle()
        sent: dict[bytes, list[Item]] = {}
        stuck: set[bytes] = set()
        for item in outbox.items():
            if item.mailbox in stuck:
                continue
            if not self._whole and outbox.begins_to_come(item):  # its end is on the next page
                stuck.add(item.mailbox)
                continue
            before = sent.setdefault(item.mailbox, [])
            try:
                placed = await self._deliver_one(service, item, before)
                before += [placed] if placed is not None else []
            except (Away, Unknown):
                raise
            except (ClientError, ProtocolError, InboxError) as error:
                self._outcome.troubles.append(error)
                stuck.add(item.mailbox)
        delivered = sum(map(len, sent.values())) - self._deferred
        self._outcome.delivered += delivered
        return delivered

    async def _deliver_one(self, service: Service, item: Item, before: list[Item]) -> Item | None:
        """The item as the server has it now, ``None`` where nothing of it was to be delivered.

        Raises ``PlaceNotShown``, or ``ClientError``.
        """
        for _ in range(_PLACES_TRIED):
            placed = put_in_place(self._station, item, before)
            if placed is None:
                return None
            item = placed
            try:
                await service.submit(item.outgoings(self._station.vault.intake_groups))
            except Deferred:
                self._deferred += 1
                return item  # what follows it in its case is carried with it
            except Refused as error:
                if error.fault is not Fault.PLACE_TAKEN:
                    raise
            else:
                return item
            await self._fetch(service)
        raise PlaceNotShown(case_name(item.mailbox))


async def _or_later(step: Awaitable[object]) -> None:
    """The step, as far as it gets without an answer that the next bundle brings."""
    with suppress(Deferred):
        await step
