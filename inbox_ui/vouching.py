"""On whose word something is let go here (docs/protocol.md §7).

Who left the team can still sign, and a server can help. So nothing is erased, purged or left behind
because of an entry, unless its author was of the team and might write it when this workstation saw
it: that is noted in time (``vouched``), for cases are kept for years and people leave. What is only
shown is shown all the same: who handled a case does not change because somebody leaves.
"""

from crypto.casefile import CaseFile
from crypto.documents import Assigned
from crypto.errors import Expired
from crypto.opening import Entry, Payload
from crypto.roster import Duty
from inbox_ui.ending import Decision, read_decisions
from inbox_ui.station import Station
from inbox_ui.summary import Summary, assignment_of


def is_in_force(station: Station) -> bool:
    """Whether directory and roster are valid today.

    Else it is this machine's date that is in doubt, or who is of the team: nothing is noted, and
    nothing let go.
    """
    today, roster = station.today(), station.roster
    try:
        station.seen.directory.check_day(today)
        if roster is not None:
            roster.check_day(today)
    except Expired:
        return False
    return True


def note_vouched(station: Station) -> None:
    """Note the entries whose author may write them today, if it can be told who that is."""
    if not is_in_force(station):
        return
    known = station.archive.vouched.all()
    fresh: set[bytes] = set()
    for summary in station.casebook.all():
        decided = read_decisions(summary.decided)
        fresh |= {each.envelope for each in decided if _may_end(station, summary, each)}
        if summary.assignment and _may_assign(station, summary):
            fresh.add(bytes.fromhex(summary.assignment))
    station.archive.vouched.keep(fresh - known)


def counts(station: Station, entry: Entry[Payload], file: CaseFile) -> bool:
    """Whether an ``assigned`` is one on whose word something is let go."""
    payload = entry.payload
    if not isinstance(payload, Assigned):
        return False
    last = assignment_of(file)
    above = file.handling.from_above and last is not None and last.id == entry.id
    if _may_write(station, payload.author, above=above):
        return True
    return entry.id in station.archive.vouched.all()


def _may_end(station: Station, summary: Summary, decision: Decision) -> bool:
    """Whether an author is of the team and may read, and handles the case or is on intake duty."""
    roster = station.roster
    if roster is None:
        return decision.author in station.vault.colleagues
    member = roster.find(decision.author)
    if member is None or member.suspended or not member.reads:
        return False
    return member.intake or decision.author in summary.handled_by


def _may_assign(station: Station, summary: Summary) -> bool:
    return _may_write(station, bytes.fromhex(summary.assigner), above=summary.from_above)


def _may_write(station: Station, author: bytes, *, above: bool) -> bool:
    """Whether an author may read today; ``above``: and is a supervisor today."""
    if author not in station.readers:
        return False
    member = station.roster.find(author) if station.roster is not None else None
    return not above or (member is not None and Duty.SUPERVISOR in member.duties)
