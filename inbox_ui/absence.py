"""Cases that colleagues purged while this workstation was away (docs/protocol.md §7).

What ended a case stands in its own log, and the log goes with the case: whoever was away or
suspended meanwhile reads it nowhere. So whoever purges a case says so, with an ``Erased`` that
names its mailbox. On such a word a case goes here as well, where

(1) the server says that it purged the mailbox too: nothing goes that is still in use
(2) the word is of somebody who read when it was heard here, and who handles the case by all that is
    known here; of a case that nobody was given, of anybody who read; or it is this analyst's own,
    and vault and archive are an older copy
(3) nothing waits to be sent that was written in the case here: so a person keeps it
(4) it was heard a week ago: as long as any end of a case has to be heard before it is one.

Until then it is said at every sync. So a handler and a server who conspire have a case destroyed no
sooner than by concluding it, and not in silence.

Where nobody is left who could say so, or words that wait keep a case, the person lets go of it
(``purging.let_go``): of one that the server says it has purged, and of no other.
"""

from collections.abc import Mapping
from datetime import timedelta

from crypto.errors import ProtocolError
from crypto.groups import Erased, purged_id, read_erased
from crypto.signed import split
from dropbox.client.service import Service
from dropbox.wire import PURGE_DAYS, mark_of
from inbox_ui.days import sure_day
from inbox_ui.emptying import others_have
from inbox_ui.errors import KeptByWords, PurgedByColleague
from inbox_ui.granting import me_in, on_intake
from inbox_ui.receiving import label_of
from inbox_ui.station import Station
from inbox_ui.summary import State, Summary


async def listen(station: Station, service: Service) -> None:
    """Note what colleagues have said since. ``station`` is folded, and its roster valid today.

    What does not verify is left for ``audit`` to name. Raises ``ClientError``.
    """
    heard = station.archive.heard
    start = max(heard.reached() - 1, 0)
    signed = await service.erased(start)
    if start and not signed:  # it was restored, and has less than it had: all of it anew
        start, signed = 0, await service.erased()
    cases = {purged_id(address): address for address in _mine(station)} if signed else {}
    said = set[tuple[bytes, bytes]]()
    for each in signed:
        erased = _read(station, each, cases)
        if erased is not None:
            said.add((cases[erased.group], erased.analyst))
    newest = max(station.today(), station.seen.directory.issued)  # a late clock hurries nothing
    heard.keep(said, newest, start + len(signed))


def ended_by_others(station: Station) -> tuple[list[Summary], list[Exception]]:
    """The cases that go today by a colleague's word, and what a person has to know of the others.

    ``station`` is folded, and its directory and roster are valid today.
    """
    going, troubles = list[Summary](), list[Exception]()
    heard = station.archive.heard.all()
    cases = _mine(station) if heard else {}
    for summary in (cases[address] for address in sorted(heard.keys() & cases.keys())):
        by = who_purged(station, summary)
        if not by or not is_purged_there(station, summary):
            continue
        trouble = _reason_to_wait(station, summary, by)
        if trouble is None:
            going.append(summary)
        elif not summary.ended:  # else its end is known here, and it goes by that
            troubles.append(trouble)
    return going, troubles


def is_purged_there(station: Station, summary: Summary) -> bool:
    """Whether the server says that it has purged a case: (1)."""
    return mark_of(station.casebook.address(summary)) in station.archive.purged.marks()


def who_purged(station: Station, summary: Summary) -> list[bytes]:
    """Who of those whose word counts was heard to have purged a case: (2)."""
    said = station.archive.heard.all().get(station.casebook.address(summary), frozenset())
    return sorted(said & _whose_word_counts(station, summary)) if said else []


def _mine(station: Station) -> Mapping[bytes, Summary]:
    """Address → case, of those whose key is held here, and on intake duty of those that nobody was
    given."""
    held = {each.mailbox for each in station.vault.cases}
    intake = me_in(station, on_intake(station))
    found: dict[bytes, Summary] = {}
    for summary in station.casebook.all():
        address = station.casebook.address(summary)
        unassigned = not summary.handlers and summary.state != State.LOCKED
        if address in held or (intake and unassigned):
            found[address] = summary
    return found


def _read(station: Station, signed: bytes, cases: Mapping[bytes, bytes]) -> Erased | None:
    """What is signed, where it is of one of ``cases`` and of somebody who reads today."""
    try:
        claimed = Erased.from_bytes(split(signed)[1])
        if claimed.group not in cases or claimed.analyst not in station.readers:
            return None
        key = station.colleagues[claimed.analyst]
        return read_erased(signed, claimed.analyst, key, station.vault.service)
    except (KeyError, ProtocolError):
        return None


def _whose_word_counts(station: Station, summary: Summary) -> frozenset[bytes]:
    """(2)"""
    mailbox = station.archive.mailbox(station.casebook.address(summary))
    assert mailbox is not None
    file = station.reader.open(mailbox, (), station.today()).file
    if file.handling.handlers:
        return file.handling.handlers | {station.analyst.card.id}
    return frozenset() if others_have(station, file) else station.readers


def _reason_to_wait(station: Station, summary: Summary, by: list[bytes]) -> Exception | None:
    """(3) and (4)"""
    address = station.casebook.address(summary)
    if station.archive.outbox.items(address):
        return KeptByWords(summary.name)
    heard = station.archive.heard.since(address, by)
    assert heard is not None
    day = heard + timedelta(days=PURGE_DAYS)
    if sure_day(station) < day:
        return PurgedByColleague(summary.name, label_of(station, by[0]), day)
    return None
