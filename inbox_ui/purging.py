"""Purging a case: at the server, in the vault and here (docs/protocol.md §7).

(1) the server deletes the mailbox, if no more is in it than was seen here (2) it is noted here as
leaving, with the groups it had (3) it is noted that their secrets go, so that no grant brings one
back, and they are erased from the vault, which is written anew under a fresh key (4) what the
index and the archive have of it goes, and with it the note

Between (2) and (4) the note says how far it is: once the secrets are gone, nothing here could tell.
The server is told of each secret with a signed ``Erased``, as of any other (``retiring``). Where it
has purged the case, one more says that, for colleagues who are away (``absence``); where a person
let go of a case, none does: that is nobody else's to follow.
What is due is for this workstation's own fold to say. So each handler's workstation purges by
itself, and a server that says a case was purged has nobody purge it.

A purge cannot be undone. So one is made only once its day is sure (``days``), on the word of who is
of the team, under a roster that is valid today, and never while something of the case is amiss or
not seen (``ending``). What is kept for that is said at each sync. Where a person lets go of a case
that the server has purged, she decides that herself.
"""

from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from crypto.errors import ProtocolError
from crypto.groups import purged_id, sign_erased
from crypto.keys import GroupSecret
from dropbox.client.errors import Deferred, Nonsense, Refused
from dropbox.client.service import Service
from dropbox.wire import PURGE_DAYS, PURGED_CHAINS, Fault, Spot
from inbox_ui.absence import ended_by_others, is_purged_there, listen
from inbox_ui.days import needs_word, sure_day
from inbox_ui.ending import read_decisions
from inbox_ui.errors import EndedByNobody, KeptInDoubt, NotPurged, NotPurgedThere, PurgedLater
from inbox_ui.fetching import fetch_case
from inbox_ui.retention import last_day
from inbox_ui.search.images import forget
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.vouching import is_in_force, note_vouched

_DECIDED: Final = frozenset({Fault.REFUSED, Fault.UNKNOWN})
"""Refusals by which a server says that it purges nothing here, however often it is asked."""

_PASSES: Final = frozenset({Fault.PLACE_TAKEN, Fault.TOO_EARLY})
"""Refusals of an honest server that end by themselves when the case was looked at again."""


def due(station: Station) -> list[Summary]:
    """The cases that are due today by their own chains and may go, hidden ones too."""
    return [each for each in _over(station) if reason_to_keep(station, each) is None]


async def purge_due(station: Station, service: Service) -> tuple[int, list[Exception]]:
    """Purge what is due and finish what was begun: how many cases, and what a person has to know.

    ``station`` is folded. Raises ``Away``, or what archive and vault raise.
    """
    leaving = station.archive.leaving
    troubles: list[Exception] = []
    begun = leaving.all()
    for summary in _over(station):
        if station.casebook.address(summary) in begun:
            continue
        try:
            problem = reason_to_keep(station, summary) or await _begin(station, service, summary)
        except Deferred:
            continue  # the next bundle asks for it; what has been answered goes today
        except Nonsense as error:
            problem = error
        troubles += [problem] if problem is not None else []
    gone = _finish_begun(station)  # before the server is asked anything else
    if is_in_force(station):
        troubles += await _begin_ended(station, service)
    return gone + _finish_begun(station), troubles


def _finish_begun(station: Station) -> int:
    going = station.archive.leaving.all()
    for address, groups in going.items():
        _finish(station, address, groups)
    if going:
        station.refresh()
    return len(going)


def let_go(station: Station, summary: Summary) -> None:
    """Erase a case that the server says it has purged, because a person says so.

    Raises ``NotPurgedThere``, or what archive and vault raise.
    """
    if not is_purged_there(station, summary):
        raise NotPurgedThere(summary.name)
    address = station.casebook.address(summary)
    station.archive.leaving.begin(address, _groups_of(station, address), everywhere=False)  # (2)
    _finish_begun(station)


# -- what is due --------------------------------------------------------------------------------


def _over(station: Station) -> list[Summary]:
    """The cases whose last day is over, by more than one clock.

    None while directory or roster is not valid today.
    """
    if not is_in_force(station):
        return []
    note_vouched(station)
    day = sure_day(station)
    return [each for each in station.casebook.all() if is_over(each, day)]


def is_over(summary: Summary, today: date) -> bool:
    """Whether a case's days are over by its own chains; whether it may go is asked behind that."""
    last = _last_day(summary)
    return last is not None and today > last


def needs_day(station: Station) -> bool:
    """Whether this analyst, as a publisher, should say which day it is: a case is over by this
    machine's clock, and waits for the day to be sure."""
    if not is_in_force(station):
        return False
    day = sure_day(station)
    lasts = {_last_day(each) for each in station.casebook.all()}
    return any(needs_word(station, each) for each in lasts if each is not None and day <= each)


def _last_day(summary: Summary) -> date | None:
    keep, hold, said = map(_day, (summary.keep_until, summary.hold, summary.said))
    return last_day(keep, hold, summary.unread, said)


def reason_to_keep(station: Station, summary: Summary) -> Exception | None:
    """Why a case stays though its last day is over."""
    if summary.doubtful:
        return KeptInDoubt(summary.name)
    vouched = station.archive.vouched.all()
    decided = read_decisions(summary.decided)
    if not decided or any(each.envelope not in vouched for each in decided):
        return EndedByNobody(summary.name)
    return None


# -- going --------------------------------------------------------------------------------------


async def _begin_ended(station: Station, service: Service) -> list[Exception]:
    """Note that what colleagues purged meanwhile goes here too (``absence``)."""
    troubles: list[Exception] = []
    try:
        with suppress(Deferred):  # the next bundle brings it; what was heard before goes today
            await listen(station, service)
    except (Nonsense, Refused) as error:
        troubles.append(error)
    station.refresh()
    ended, waiting = ended_by_others(station)
    for summary in ended:
        _note(station, station.casebook.address(summary), everywhere=True)
    return troubles + waiting


async def _begin(station: Station, service: Service, summary: Summary) -> Exception | None:
    """Have the server purge a case, and note that it goes.

    Where the server says that this one may not, or that there is nothing, or that there is more of
    it than was seen, it is fetched and folded once more, and goes here only if it is still due
    then. What came is then seen, and the next sync asks again: for a week, as no server may keep
    keys from being erased. Any other refusal decides nothing: it is busy, or full. Then it is tried
    again with the next sync.
    """
    address, seen = station.casebook.address(summary), _seen(station, summary)
    refused = None
    try:
        await service.purge(address, seen)  # (1)
    except Refused as error:
        if error.fault not in _DECIDED | _PASSES:
            return error
        looked = False
        with suppress(Deferred, Nonsense, Refused):
            await fetch_case(station, service, address)
            looked = True
        station.refresh()
        again = {each.mailbox: each for each in _over(station)}.get(summary.mailbox)
        kept = reason_to_keep(station, again) if again is not None else None
        if again is None or kept is not None:
            return kept
        nothing_new = looked and _seen(station, summary) == seen
        if error.fault in _PASSES and not (nothing_new and _is_long_over(again, sure_day(station))):
            return PurgedLater(summary.name)
        refused = NotPurged(summary.name)
    _note(station, address, everywhere=refused is None)
    return refused


def _note(station: Station, address: bytes, *, everywhere: bool) -> None:
    """(2), and where the server has purged it as well, that colleagues are to be told so."""
    named = _groups_of(station, address) + ([purged_id(address)] if everywhere else [])
    station.archive.leaving.begin(address, named, everywhere=everywhere)


def _seen(station: Station, summary: Summary) -> tuple[Spot, ...]:
    """The last places of the archive's, as the server gave them: what waits here is not there."""
    last: dict[int, Spot] = {}
    for _, rows in station.archive.rows([summary.mailbox]):
        for stored in (each.stored for each in rows or () if each.stored is not None):
            with suppress(ProtocolError):
                header = stored.parse_header()
                spot = Spot(int(header.chain), header.seq, stored.id)
                last[spot.chain] = max(spot, last.get(spot.chain, spot), key=lambda each: each.seq)
    return tuple(last[chain] for chain in sorted(PURGED_CHAINS & last.keys()))


def _is_long_over(summary: Summary, day: date) -> bool:
    """Whether a case has been over for so long that no honest server says that it is not yet."""
    return is_over(summary, day - timedelta(days=PURGE_DAYS))


def _finish(station: Station, address: bytes, groups: tuple[bytes, ...]) -> None:
    own, today = station.vault.analyst_secret.keys, station.today()
    for named in sorted({*groups, *_groups_of(station, address)}):  # (3)
        signed = sign_erased(named, today, own, station.vault.service)
        station.archive.ring.begin_erasure(named, signed)
    station.keep(lambda vault: vault.without_case(address))
    mailbox = station.archive.mailbox(address)
    if mailbox is not None:
        forget(station.keeper.folder, mailbox.id)  # what was read of it for the search
    station.archive.leaving.finish(address)  # (4)


def _groups_of(station: Station, address: bytes) -> list[bytes]:
    """The case groups of a mailbox whose secrets are in the vault."""
    secrets = (each.secret for each in station.vault.cases if each.mailbox == address)
    return [GroupSecret(each).keys.card.id for each in secrets]


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None
