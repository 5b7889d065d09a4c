"""Purging a case: at the server, in the vault and here (docs/protocol.md §7).

(1) the server deletes the mailbox, if no more is in it than was seen here (2) it is noted here as
leaving, with the groups it had (3) it is noted that their secrets go, so that no grant brings one
back, and they are erased from the vault, which is written anew under a fresh key (4) what the
archive has of it goes, and with it the note

Between (2) and (4) the note says how far it is: once the secrets are gone, nothing here could tell.
The server is told of each secret with a signed ``Erased``, as of any other (``retiring``).
What is due is for this workstation's own fold to say. So each handler's workstation purges by
itself, and a server that says a case was purged has nobody purge it.

A purge cannot be undone. So one is made only on the word of who is of the team, under a roster that
is valid today, and never while something of the case is amiss or not seen (``ending``). What is
kept for that is said at each sync.
"""

from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from crypto.errors import Expired, ProtocolError
from crypto.groups import sign_erased
from crypto.keys import GroupSecret
from dropbox.client.errors import Deferred, Nonsense, Refused
from dropbox.client.service import Service
from dropbox.wire import PURGE_DAYS, PURGED_CHAINS, Fault, Spot
from inbox_ui.ending import Decision, read_decisions
from inbox_ui.errors import EndedByNobody, KeptInDoubt, NotPurged, PurgedLater
from inbox_ui.fetching import fetch_case
from inbox_ui.retention import is_due
from inbox_ui.station import Station
from inbox_ui.summary import Summary

_PASSES: Final = frozenset(
    {Fault.PLACE_TAKEN, Fault.TOO_EARLY, Fault.BUSY, Fault.FULL, Fault.FAILED}
)
"""Refusals of an honest server that end by themselves."""
_PATIENCE: Final = timedelta(days=PURGE_DAYS)
"""How long behind a case's last day they are believed: it has handlers for longer by then, as a
case is concluded by them."""


def due(station: Station) -> list[Summary]:
    """The cases that are due today by their own chains and may go, hidden ones too."""
    return [each for each in _over(station) if _reason_to_keep(station, each) is None]


async def purge_due(station: Station, service: Service) -> tuple[int, list[Exception]]:
    """Purge what is due and finish what was begun: how many cases, and what a person has to know.

    ``station`` is folded. Raises ``Away``, or what archive and vault raise.
    """
    troubles: list[Exception] = []
    leaving = station.archive.leaving
    begun = leaving.all()
    for summary in _over(station):
        if station.casebook.address(summary) in begun:
            continue
        problem = _reason_to_keep(station, summary) or await _begin(station, service, summary)
        troubles += [problem] if problem is not None else []
    going = leaving.all()
    for address, groups in going.items():
        _finish(station, address, groups)
    if going:
        station.refresh()
    return len(going), troubles


# -- what is due --------------------------------------------------------------------------------


def _over(station: Station) -> list[Summary]:
    """The cases whose last day is over.

    None while directory or roster is not valid today: then it is this machine's date that is in
    doubt, or who is of the team.
    """
    today, roster = station.today(), station.roster
    try:
        station.seen.directory.check_day(today)
        if roster is not None:
            roster.check_day(today)
    except Expired:
        return []
    _vouch(station)
    return [each for each in station.casebook.all() if is_over(each, today)]


def is_over(summary: Summary, today: date) -> bool:
    """Whether a case's days are over by its own chains; whether it may go is asked behind that."""
    keep, hold = _day(summary.keep_until), _day(summary.hold)
    return is_due(keep, hold, summary.unread, today)


def _reason_to_keep(station: Station, summary: Summary) -> EndedByNobody | KeptInDoubt | None:
    """Why a case stays though its last day is over."""
    if summary.doubtful:
        return KeptInDoubt(summary.name)
    vouched = station.archive.vouched.all()
    decided = read_decisions(summary.decided)
    if not decided or any(each.envelope not in vouched for each in decided):
        return EndedByNobody(summary.name)
    return None


def _vouch(station: Station) -> None:
    """Note the entries whose author may end the case today. The roster is valid."""
    known = station.archive.vouched.all()
    fresh = {
        each.envelope
        for summary in station.casebook.all()
        for each in read_decisions(summary.decided)
        if each.envelope not in known and _may_end(station, summary, each)
    }
    station.archive.vouched.keep(fresh)


def _may_end(station: Station, summary: Summary, decision: Decision) -> bool:
    """Whether an author is of the team and may read, and handles the case or is on intake duty."""
    roster = station.roster
    if roster is None:
        return decision.author in station.vault.colleagues
    member = roster.find(decision.author)
    if member is None or member.suspended or not member.reads:
        return False
    return member.intake or decision.author.hex() in summary.handlers.split(",")


# -- going --------------------------------------------------------------------------------------


async def _begin(station: Station, service: Service, summary: Summary) -> Exception | None:
    """Have the server purge a case, and note that it goes.

    Where the server refuses, there may be more of it than was seen: it is fetched and folded once
    more, and goes here only if it is still due then. What came is then seen, and the next sync asks
    again; a server that refuses for too long keeps nobody from erasing keys.
    """
    address = station.casebook.address(summary)
    refused = None
    try:
        await service.purge(address, _seen(station, summary))  # (1)
    except Refused as error:
        with suppress(Deferred, Nonsense, Refused):
            await fetch_case(station, service, address)
        station.refresh()
        again = {each.mailbox: each for each in _over(station)}.get(summary.mailbox)
        kept = _reason_to_keep(station, again) if again is not None else None
        if again is None or kept is not None:
            return kept
        if error.fault in _PASSES and _may_pass(again, station.today()):
            return PurgedLater(summary.name)
        refused = NotPurged(summary.name)
    groups = _groups_of(station, address)
    station.archive.leaving.begin(address, groups, everywhere=refused is None)  # (2)
    return refused


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


def _may_pass(summary: Summary, today: date) -> bool:
    """Whether a case's last day is so near that a server may honestly not purge it yet."""
    days = [day for day in map(_day, (summary.keep_until, summary.hold)) if day is not None]
    return today <= max(days, default=today) + _PATIENCE


def _finish(station: Station, address: bytes, groups: tuple[bytes, ...]) -> None:
    own, today = station.vault.analyst_secret.keys, station.today()
    for group in sorted({*groups, *_groups_of(station, address)}):  # (3)
        signed = sign_erased(group, today, own, station.vault.service)
        station.archive.ring.begin_erasure(group, signed)
    station.keep(lambda vault: vault.without_case(address))
    station.archive.leaving.finish(address)  # (4)


def _groups_of(station: Station, address: bytes) -> list[bytes]:
    """The case groups of a mailbox whose secrets are in the vault."""
    secrets = (each.secret for each in station.vault.cases if each.mailbox == address)
    return [GroupSecret(each).keys.card.id for each in secrets]


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None
