"""What has to follow an assignment, until only the new group opens the case (docs/protocol.md §7).

For each case whose case group is held here, in this order:

(1) whoever assigned it grants the handlers the group's secret, once for each of their receiving
    keys; one who does not handle it grants it at every sync until they have granted it back, and
    lets go of it then (``relinquishing``): the handlers grant it to each other
(2) the mailbox is fetched whole, with the wraps that others have added
(3) what opens here and has no wrap to the group is wrapped to it, stragglers too
(4) when all of it opens with the group's wraps alone, the wraps to the groups before are deleted,
    at the server and here

Before that, whoever a case was taken from lets go of it (``relinquishing``).

Nothing says how far it came: it is found out from the vault, the archive and what the server gives.
Any handler does it, so that it does not depend on one workstation; stopped anywhere, it goes on
from there the next time.
"""

from collections.abc import Awaitable
from contextlib import suppress
from typing import Final

from crypto.analyst import CaseFile
from crypto.errors import ProtocolError
from crypto.keys import Card, GroupSecret
from dropbox.client.errors import Deferred, Nonsense, Refused
from dropbox.client.service import Service
from dropbox.wire import Fault
from inbox_ui.errors import GoneThere, GrantNotPossible, StaleRoster
from inbox_ui.fetching import fetch_case
from inbox_ui.granting import give
from inbox_ui.reading import OpenCase
from inbox_ui.receiving import known_keys, label_of
from inbox_ui.relinquishing import depart, finish_departures, handlers_of, relinquish
from inbox_ui.station import Station
from inbox_ui.summary import Summary, is_elsewhere, left_over
from inbox_ui.vouching import note_vouched


class Custody:
    """The cases of ``station`` in one conversation with the server."""

    def __init__(self, station: Station, service: Service) -> None:
        self._station = station
        self._service = service
        self._troubles: list[Exception] = []
        self.departed: list[str] = []
        """The names of cases that were taken from this analyst, and are erased here."""

    async def run(self) -> list[Exception]:
        """Do what can be done: what a person has to know of the rest.

        Raises ``Away``, or what archive and vault raise.
        """
        self._let_go()
        held = [each for each in self._station.casebook.all() if self._group_of(each) is not None]
        for summary in held:
            self._troubles += await trying(summary, self._see_to(summary))
        return self._troubles

    async def _see_to(self, summary: Summary) -> None:
        with suppress(Deferred):
            await self._grant_or_tell(summary)
            await self._grant_back(summary)
        if summary.unfinished:
            await self._hand_over(summary)
        relinquish(self._station, summary)

    def _let_go(self) -> None:
        station = self._station
        station.refresh()
        note_vouched(station)
        finish_departures(station)
        kept = {each.mailbox for each in station.vault.cases}
        boxes = (station.archive.mailbox(address) for address in kept)
        numbers = {each.id for each in boxes if each is not None}
        for summary in station.casebook.all():
            if summary.mailbox in numbers and depart(station, summary):
                self.departed.append(summary.name)
        if self.departed:
            station.refresh()

    # -- (1) grants -----------------------------------------------------------------------------

    async def _grant_or_tell(self, summary: Summary) -> None:
        try:
            await self._grant(summary)
        except StaleRoster as error:
            if not any(isinstance(each, StaleRoster) for each in self._troubles):
                self._troubles.append(error)

    async def _grant(self, summary: Summary) -> None:
        """Raises ``StaleRoster``, ``ClientError``."""
        station, group = self._station, self._group_of(summary)
        assert group is not None
        keys, granted = known_keys(station), station.archive.ring.holders(group.keys.card.id)
        proved = station.archive.ring.proved(group.keys.card.id)
        handles = station.analyst.card.id.hex() in summary.handlers
        for analyst in self._grantees(summary):
            if handles and analyst in keys and granted.get(analyst, 0) >= keys[analyst].number:
                continue
            if not handles and analyst in proved:
                continue
            mailbox = station.casebook.address(summary)
            if not await give(station, self._service, group, [analyst], mailbox):
                self._troubles.append(GrantNotPossible(label_of(station, analyst)))

    async def _grant_back(self, summary: Summary) -> None:
        """To whoever assigned the case and does not handle it: it shows that the key came.

        Once, and again when that one grants it anew: what was granted back was lost on the way.
        """
        station, group = self._station, self._group_of(summary)
        assert group is not None
        me, assigner = station.analyst.card.id, bytes.fromhex(summary.assigner)
        handlers = summary.handled_by
        if me not in handlers or assigner in handlers:
            return
        ring, id_ = station.archive.ring, group.keys.card.id
        if ring.holders(id_).get(assigner, 0) and assigner not in ring.proved(id_):
            return
        with suppress(StaleRoster):
            mailbox = station.casebook.address(summary)
            if await give(station, self._service, group, [assigner], mailbox):
                ring.drop_proof(id_, assigner)

    def _grantees(self, summary: Summary) -> list[bytes]:
        """The other handlers, for whoever assigned it to them; where that one is none of them, for
        each of them too."""
        me = self._station.analyst.card.id
        handlers = handlers_of(self._station, summary)
        assigner = bytes.fromhex(summary.assigner)
        if assigner != me and assigner in handlers:
            return []
        return [each for each in handlers if each != me]

    # -- (2) to (4) -----------------------------------------------------------------------------

    async def _hand_over(self, summary: Summary) -> None:
        """Raises ``Away``. A server that gives the case to others only leaves it to those."""
        station, mailbox = self._station, self._station.casebook.address(summary)
        group = self._group_of(summary)
        assert group is not None
        card = group.keys.card
        try:
            await fetch_case(station, self._service, mailbox)  # (2)
            await self._rewrap(mailbox, card)  # (3)
            case = self._read(mailbox)
            file = case.file
            if not station.analyst.is_rewrapped(file, card) or not self._is_mine(file):
                return
            if is_elsewhere(case):
                return  # it changed hands again, by what was never granted here
            for recipient in _former(file):  # (4)
                await self._service.unwrap(mailbox, recipient)
                station.archive.rewraps.drop(mailbox, recipient, card.id)
        except Refused:
            if self._is_mine(self._read(mailbox).file):
                raise

    async def _rewrap(self, mailbox: bytes, card: Card) -> None:
        wraps = self._station.analyst.rewrap(self._read(mailbox).file, card)
        for start in range(0, len(wraps), _AT_ONCE):
            some = wraps[start : start + _AT_ONCE]
            await self._service.rewrap(mailbox, card.id, some)
            wrapped = {each.id: each.wrap for each in some}
            self._station.archive.rewraps.add(mailbox, card.id, wrapped)

    def _is_mine(self, file: CaseFile) -> bool:
        return self._station.analyst.card.id in file.handlers

    def _read(self, address: bytes) -> OpenCase:
        mailbox = self._station.archive.mailbox(address)
        assert mailbox is not None
        return self._station.reader.open(mailbox, (), self._station.today())

    def _group_of(self, summary: Summary) -> GroupSecret | None:
        """The secret of the case group that has the case, if it is held here."""
        if not summary.group:
            return None
        return self._station.vault.case_groups.get(bytes.fromhex(summary.group))


async def trying(summary: Summary, step: Awaitable[None]) -> list[Exception]:
    """What a person has to know of a step for one case: what the server makes of one holds up no
    other. Raises what is of no case: ``Away``, or what archive and vault raise.
    """
    try:
        with suppress(Deferred):
            await step
    except Refused as error:
        return [GoneThere(summary.name) if error.fault is Fault.UNKNOWN else error]
    except (Nonsense, ProtocolError) as error:
        return [error]
    return []


_AT_ONCE: Final = 200
"""Wraps made and sent together: an interruption costs no more than these."""


def _former(file: CaseFile) -> list[bytes]:
    """The groups that something is still wrapped to beside the one that has the case."""
    return sorted({each for entry in file.entries for each in left_over(file, entry)})
