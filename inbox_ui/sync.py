"""Fetching what the server has and delivering what waits (docs/protocol.md §5, §6, §9).

In this order: (1) the directory, verified, never an older one (2) its renewal, where this analyst
is a publisher and it is due (3) the roster, in the same way (4) keys: what was granted is opened,
then this workstation's own is renewed, groups that are due are replaced, and who lacks one is
granted it (5) the feed, page by page into the archive (6) what was purged, so that each side knows
what the other knew and a restored server purges it again (7) the outbox (8) the feed again, if
anything was delivered (9) what follows assignments, what is due to be purged, by the own
fold or because colleagues purged it meanwhile, and groups that are over.

(6) comes behind the feed, because a server purges nothing that nobody has fetched; and before the
outbox, because what is written into a mailbox that should be gone would keep it.

Over a bundle (``bundling``) a step ends where it needs an answer that nobody has brought yet, and
the ones behind it go on.

The requests depend on how much the server has and on what waits here, never on whether something
opened (P22). Stopped anywhere, it goes on from there the next time.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from crypto.analyst import case_name
from crypto.errors import ProtocolError
from dropbox.client.errors import Away, ClientError, Deferred, Nonsense, Refused, Unknown
from dropbox.client.listing import Listed
from dropbox.client.service import Service
from dropbox.wire import Fault, marks_digest
from inbox_ui import granting, grants, receiving, renewal, rostering, rotation
from inbox_ui.absence import mine
from inbox_ui.archive import Mailbox
from inbox_ui.custody import Custody
from inbox_ui.emptying import others_have
from inbox_ui.epochs import needs_witness
from inbox_ui.errors import (
    ChangeLost,
    ClockAhead,
    InboxError,
    Lagging,
    MarksNotTaken,
    NobodyToGrant,
    OldRoster,
    PlaceNotShown,
    StaleRoster,
    WordsKept,
    WrongMarks,
)
from inbox_ui.line import Line
from inbox_ui.outbox import Item
from inbox_ui.placing import put_in_place
from inbox_ui.publishing import in_office, publish, sign_next
from inbox_ui.purging import needs_day, purge_due
from inbox_ui.retiring import retire
from inbox_ui.station import Station
from inbox_ui.summary import is_elsewhere

_PLACES_TRIED: Final = 4
"""Times an item is signed anew because somebody else was quicker."""

Fetched = Callable[[int, int], None]
"""Told the number of a page and how many envelopes of it were new."""


@dataclass
class Outcome:
    """What a sync did. ``troubles`` are what a person has to know though it went on; ``departed``
    the cases that were taken from this analyst, and are erased here."""

    new: int = 0
    delivered: int = 0
    purged_again: int = 0
    purged: int = 0
    renewed: bool = False
    departed: list[str] = field(default_factory=list)
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
        self._missed: set[bytes] = set()
        self._deferred = 0
        self._whole = False

    async def run(self) -> Outcome:
        """All of it. Raises ``RolledBack`` and other errors of the protocol for a directory that
        must not be believed, ``ClientError`` where the server cannot be spoken to.
        """
        async with self._line.as_analyst(self._station.vault) as service:
            await _or_later(self._fetch_directory(service))  # (1)
            await _or_later(self._renew(service))  # (2)
            await _or_later(self._join_roster(service))  # (3)
            await _or_later(self._join_keys(service))  # (4)
            await _or_later(self._fetch(service))  # (5)
            await _or_later(self._join_purged(service))  # (6)
            if await self._deliver(service):  # (7)
                await _or_later(self._fetch(service))  # (8)
            self._station.archive.outbox.settle(self._station.analyst.card.id)
            await self._keep_house(service)  # (9)
            with self._going_on():
                self._outcome.troubles += await retire(self._station, service)
        return self._outcome

    async def _fetch_directory(self, service: Service) -> None:
        await renewal.fetch(self._station, service)
        self._station.seen.directory.check_origin(self._line.origin)

    async def _renew(self, service: Service) -> None:
        station = self._station
        waits = station.archive.directories.unpublished(station.vault.service) is not None
        if not in_office(station):
            return
        renewing = renewal.is_needed(station) or needs_witness(station)
        if not waits and not renewing:
            return
        if not waits:
            sign_next(station)
        await self._publish(service)

    async def _publish(self, service: Service) -> None:
        """Give the server the directory that is signed and kept."""
        station = self._station
        before = station.seen.signed
        try:
            async with self._line.as_publisher(station.vault) as publisher:
                await publish(station, publisher)
        except (ClockAhead, ProtocolError, Refused) as error:
            await self._fetch_directory(service)
            if station.seen.signed == before:  # else another publisher was quicker
                self._outcome.troubles.append(error)
            return
        self._outcome.renewed = True

    async def _join_roster(self, service: Service) -> None:
        """Learn the server's roster. A publisher gives it what it lacks, and renews it when due.

        One that must not be believed is said, and the newest that was seen stays in force.
        """
        station = self._station
        try:
            behind = await rostering.learn(station, service)
            if behind is not None:
                self._outcome.troubles.append(OldRoster())
            if not rostering.has_work(station, lags=behind is not None):
                return
            async with self._line.as_publisher(station.vault) as publisher:
                if behind is not None:
                    await rostering.give_lacking(station, publisher, behind)
                await rostering.renew(station, publisher)
        except (ChangeLost, ClockAhead, OldRoster, ProtocolError, Refused) as error:
            self._outcome.troubles.append(error)

    async def _join_keys(self, service: Service) -> None:
        """One of these that goes wrong holds up nothing but what follows from it.

        Grants are opened before the key they were sealed to goes.
        """
        station, troubles = self._station, self._outcome.troubles
        with self._going_on():
            rotation.settle(station)
        with self._going_on():
            troubles += await receiving.learn(station, service)
        with self._going_on():
            troubles += await grants.open_waiting(station, service)
            await receiving.renew(station, service)
        with self._going_on():
            if await rotation.rotate(station, service, self._line):
                self._outcome.renewed = True
                await self._join_roster(service)  # colleagues grant a group under no older one
        with self._going_on():
            await granting.give_lacking(station, service)
        with self._going_on():
            await rotation.give_in_trust(station, service)

    @contextmanager
    def _going_on(self) -> Iterator[None]:
        """What a server refuses, or gives and must not be believed, is said; all else goes on."""
        try:
            with suppress(Deferred):
                yield
        except (ClockAhead, NobodyToGrant, Nonsense, ProtocolError, Refused, StaleRoster) as error:
            self._outcome.troubles.append(error)

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
        """The entries behind ``cursor``. That the one at it is another is said at the end, unless
        its case was due to be purged by our own fold, and is gone here too."""
        first = [each for each in entries if each.position <= cursor]
        if not any(each.stored.id == newest for each in entries):  # deleted: further on
            self._missed.add(newest)
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
        outbox.settle(self._station.analyst.card.id)
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
                await self._send(service, item)
            except Deferred:
                self._deferred += 1
                return item  # what follows it in its case is carried with it
            except Refused as error:
                if error.fault is Fault.REFUSED:
                    raise self._meaning(item, error) from None
                if error.fault is not Fault.PLACE_TAKEN:
                    raise
            else:
                return item
            await self._fetch(service)
        raise PlaceNotShown(case_name(item.mailbox))

    async def _send(self, service: Service, item: Item) -> None:
        outgoings = item.outgoings(self._station.vault.groups)
        if item.handlers:
            handover, assigned = outgoings
            await service.assign(handover, assigned, item.handlers)
        else:
            await service.submit(outgoings)

    def _meaning(self, item: Item, error: Refused) -> Exception:
        """What it means that the server does not take an item: often, that others have the case."""
        mailbox = self._station.archive.mailbox(item.mailbox)
        if mailbox is None:
            return error
        case = self._station.reader.open(mailbox, (), self._station.today())
        return WordsKept(case.name) if is_elsewhere(case) else error

    # -- keeping house --------------------------------------------------------------------------

    async def _keep_house(self, service: Service) -> None:
        """As with keys, one of these that goes wrong holds up nothing of the others."""
        custody = Custody(self._station, service)
        with self._going_on():
            self._outcome.troubles += await custody.run()
        self._outcome.departed += custody.departed
        self._station.refresh()
        with self._going_on():
            if in_office(self._station) and needs_day(self._station):
                sign_next(self._station)
                await self._publish(service)
                self._station.refresh()
        with self._going_on():
            purged, troubles = await purge_due(self._station, service)
            self._outcome.purged += purged
            self._outcome.troubles += troubles
        lost = self._station.archive.mailboxes_of(self._missed)
        if any(not self._is_purged_by_others(each) for each in lost):
            self._outcome.troubles.append(Lagging())

    def _is_purged_by_others(self, mailbox: Mailbox) -> bool:
        """Whether the server says that it purged a case that is not there any more, and it was
        others' to purge: nobody but they can tell, and they have its log. Or one has said so."""
        station, address = self._station, mailbox.address
        if not station.archive.purged.has(address):
            return False
        if address not in mine(station) or address in station.archive.heard.all():
            return True
        return others_have(station, station.reader.open(mailbox, (), station.today()).file)


async def _or_later(step: Awaitable[object]) -> None:
    """The step, as far as it gets without an answer that the next bundle brings."""
    with suppress(Deferred):
        await step
