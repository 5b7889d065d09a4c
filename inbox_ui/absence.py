"""Cases that colleagues purged while this workstation was away (docs/protocol.md §7).

What ended a case stands in its own log, and the log goes with the case: whoever was away or
suspended meanwhile reads it nowhere. So whoever has a case purged says so, with an ``Erased`` that
names its mailbox. On such a word a case whose end is not known here goes as well, where

(1) the server says that it purged the mailbox too: nothing goes that is still in use
(2) the word is of somebody who handles the case by all that is known here, and of a case that was
    given to nobody, of somebody on intake duty; who reads on the day on which it is told. Or it is
    this analyst's own, and vault and archive are an older copy
(3) nothing waits to be sent that was written in it here, no hold stands, and nothing is amiss
(4) all this was told a week ago, and at each sync since. So no case goes in silence

What fails (2) or (3) is told too. It stays until the person lets go of it (``purging.let_go``), as
any case can be that the server says it has purged, and no other.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Final, NamedTuple

from crypto.casefile import CaseFile
from crypto.errors import ProtocolError
from crypto.groups import Erased, purged_id, read_erased
from crypto.signed import split
from dropbox.client.service import Service
from dropbox.wire import PAPERS, PURGE_DAYS
from inbox_ui.days import latest_day, sure_day
from inbox_ui.emptying import others_have
from inbox_ui.errors import (
    DamagedArchive,
    KeptThoughPurged,
    PurgedByColleague,
    PurgedHereBefore,
)
from inbox_ui.granting import me_in, on_intake
from inbox_ui.heard import Reached
from inbox_ui.receiving import label_of
from inbox_ui.station import Station
from inbox_ui.summary import State, Summary

_MOST_PAGES: Final = 100
"""Of the list in one sync: a server must not have a workstation ask for ever."""


class Words(NamedTuple):
    """Who has signed to have purged a case: those on whose word it goes here, and others."""

    counting: frozenset[bytes] = frozenset()
    others: frozenset[bytes] = frozenset()


async def listen(station: Station, service: Service) -> None:
    """Note what colleagues have said since, page by page. ``station`` is folded.

    What does not verify is left for ``audit`` to name. Raises ``ClientError``.
    """
    heard, cases = station.archive.heard, dict[bytes, bytes]()
    for _ in range(_MOST_PAGES):
        reached = heard.reached()
        page = await service.erased_page(max(reached.read - 1, 0))
        if reached.read and page[:1] != (reached.last,):
            heard.start_again()  # it was restored, or lost some: all of it anew
            continue
        fresh = page[1:] if reached.read else page
        if not fresh:
            return
        cases = cases or {purged_id(address): address for address in mine(station)}
        said = {each for each in (_read(station, signed, cases) for signed in fresh) if each}
        heard.keep(said, Reached(reached.read + len(fresh), fresh[-1]))
        if len(page) < PAPERS:
            return


def ended_by_others(station: Station) -> tuple[list[Summary], list[Exception]]:
    """The cases that go today by a colleague's word, and what a person has to know of the others.

    ``station`` is folded, and its directory and roster are valid today.
    """
    going, troubles = list[Summary](), list[Exception]()
    heard = station.archive.heard.all()
    purged = [each for each in sorted(heard) if station.archive.purged.has(each)]
    cases = mine(station) if purged else {}
    for address in (each for each in purged if each in cases):
        summary, file = cases[address], _file(station, address)
        if summary.ended or _is_others(station, address, file):
            continue  # its end is known here, and it goes by that; or it is not this one's to keep
        words = _weigh(station, address, file, heard[address])
        trouble = _reason_to_wait(station, summary, address, words)
        if trouble is None:
            going.append(summary)
        else:
            troubles.append(trouble)
    return going, troubles


def is_purged_there(station: Station, summary: Summary) -> bool:
    """Whether the server says that it has purged a case: (1)."""
    return station.archive.purged.has(station.casebook.address(summary))


def may_let_go(station: Station, summary: Summary) -> bool:
    """Whether there is something of a case here that a person can let go of."""
    return is_purged_there(station, summary) and station.casebook.address(summary) in mine(station)


def who_purged(station: Station, summary: Summary) -> Words:
    """Who has signed to have purged a case."""
    address = station.casebook.address(summary)
    said = station.archive.heard.all().get(address, frozenset())
    return _weigh(station, address, _file(station, address), said)


def mine(station: Station) -> Mapping[bytes, Summary]:
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


# -- hearing ------------------------------------------------------------------------------------


def _read(
    station: Station, signed: bytes, cases: Mapping[bytes, bytes]
) -> tuple[bytes, bytes] | None:
    """Mailbox and author of a word of one of ``cases``, where a colleague has signed it."""
    with suppress(KeyError, ProtocolError):  # what does not verify says nothing here
        claimed = Erased.from_bytes(split(signed)[1])
        if claimed.group in cases:
            key = station.colleagues[claimed.analyst]
            read_erased(signed, claimed.analyst, key, station.vault.service)
            return cases[claimed.group], claimed.analyst
    return None


# -- weighing -----------------------------------------------------------------------------------


def _weigh(
    station: Station, address: bytes, file: CaseFile | None, said: frozenset[bytes]
) -> Words:
    """(2): whose word was told when it counted counts for good, for people leave."""
    counting = station.archive.heard.told(address) | (said & _whose_word_counts(station, file))
    return Words(counting, said - counting)


def _whose_word_counts(station: Station, file: CaseFile | None) -> frozenset[bytes]:
    if file is None:
        return frozenset()
    handlers = file.handling.handlers
    named = handlers & station.readers if handlers else frozenset(on_intake(station))
    return named | {station.analyst.card.id}


def _is_others(station: Station, address: bytes, file: CaseFile | None) -> bool:
    """Whether others have it or had it by what is here, and no key of it is held."""
    held = any(each.mailbox == address for each in station.vault.cases)
    return file is not None and not held and others_have(station, file)


def _file(station: Station, address: bytes) -> CaseFile | None:
    """What is here of a case; nothing of one that another process let go, or that is damaged."""
    mailbox = station.archive.mailbox(address)
    with suppress(DamagedArchive):
        if mailbox is not None:
            return station.reader.open(mailbox, (), station.today()).file
    return None


def _reason_to_wait(
    station: Station, summary: Summary, address: bytes, words: Words
) -> Exception | None:
    """Why a case does not go today: (2) to (4)."""
    if not words.counting or _is_kept(station, summary, address):
        return KeptThoughPurged(summary.name, _labels(station, words.counting or words.others))
    told = station.archive.heard.tell(address, words.counting, latest_day(station))
    day = told + timedelta(days=PURGE_DAYS)
    if sure_day(station) >= day:
        return None
    others = words.counting - {station.analyst.card.id}
    if not others:
        return PurgedHereBefore(summary.name, "", day)
    return PurgedByColleague(summary.name, _labels(station, others), day)


def _is_kept(station: Station, summary: Summary, address: bytes) -> bool:
    """(3)"""
    held = bool(summary.hold) and date.fromisoformat(summary.hold) >= station.today()
    return held or summary.doubtful or bool(station.archive.outbox.items(address))


def _labels(station: Station, analysts: Iterable[bytes]) -> str:
    return ", ".join(sorted(label_of(station, each) for each in analysts))
