"""Who has a case: assigned to handlers, changed, ended and kept (docs/protocol.md §7).

A new case group's secret is in the vault before anything of it leaves the machine. Its assignment
waits in the outbox as a reply does; what has to follow at the server (grants, wraps) is found out
at each sync from what is there (``custody``).
"""

from collections.abc import Collection
from datetime import date

from crypto.analyst import CaseFile
from crypto.documents import Assigned, Conclusion
from crypto.errors import Locked, NotHandling
from crypto.keys import GroupSecret
from crypto.opening import import_card
from crypto.outgoing import Outgoing
from crypto.roster import Roster
from inbox_ui.casework import writable
from inbox_ui.errors import (
    AssignedMeanwhile,
    BadDay,
    CannotHandle,
    DamagedArchive,
    DeclaredInterest,
    NobodyOpens,
    NoHandlerLeft,
    NoRoster,
    NotAssigned,
    NotConcluded,
    NothingToChange,
)
from inbox_ui.interests import concerns
from inbox_ui.membership import find
from inbox_ui.outbox import Item
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.vault import CaseSecret


def find_handlers(station: Station, names: Collection[str]) -> frozenset[bytes]:
    """The card ids of the members who are called so, and may have a case.

    Raises ``NoRoster``, ``CannotHandle``, or as ``membership.find``.
    """
    roster = _roster(station)
    found = [find(roster, each) for each in names]
    for each in found:
        if each.suspended or not each.reads:
            raise CannotHandle(each.label)
    return frozenset(each.id for each in found)


def find_anybody(station: Station, names: Collection[str]) -> frozenset[bytes]:
    """The same, whatever they may do: those who left too may have to be taken off a case."""
    roster = _roster(station)
    left = {each.label: each.id for each in roster.former}
    return frozenset(left[each] if each in left else find(roster, each).id for each in names)


def _roster(station: Station) -> Roster:
    if station.roster is None:
        raise NoRoster
    return station.roster


def assign(
    station: Station,
    summary: Summary,
    handlers: frozenset[bytes],
    text: str,
    *,
    anew: bool = False,
) -> None:
    """Give a case to ``handlers`` (card ids) alone; ``text`` says why, and may be empty.

    ``anew``: also where they have it already, who then get a new group.

    Raises ``NothingToChange``, ``DeclaredInterest``, ``NobodyOpens``, ``NoReporter``, ``ClosedCase``,
    ``DamagedCase``, ``NotHandling``, ``Locked``, ``OverLimit``, or as ``Station.keep``.
    """
    case = writable(station, summary, needs_reporter=True)
    file = case.file
    if file.group is not None and handlers == file.handlers and not anew:
        raise NothingToChange(summary.name)
    me = station.analyst.card.id
    if me in handlers and concerns(file, station.vault.interests):
        raise DeclaredInterest(summary.name)
    if me not in handlers and not handlers & _readers(station, file):
        raise NobodyOpens(summary.name)
    station.archive.outbox.put(_under_new_group(station, file, handlers, text), handlers)


def change_handlers(
    station: Station,
    summary: Summary,
    add: frozenset[bytes],
    remove: frozenset[bytes],
    text: str,
) -> None:
    """Give a case to its handlers, with ``add`` and without ``remove``, under a new group.

    Adding one who is there already grants anew what a workstation may have lost.
    Raises ``NotAssigned``, ``NoHandlerLeft``, or as :func:`assign`.
    """
    file = station.open_case(summary).file
    if file.group is None:
        raise NotAssigned(summary.name)
    wanted = (file.handlers | add) - remove
    if not wanted:
        raise NoHandlerLeft(summary.name)
    assign(station, summary, wanted, text, anew=bool(add))


def conclude(
    station: Station, summary: Summary, reason: Conclusion, keep_until: date, text: str
) -> None:
    """End a case. Raises ``BadDay``, ``DamagedCase``, ``NotHandling``, ``Locked``, ``OverLimit``."""
    if keep_until < station.today():
        raise BadDay(str(keep_until))
    file = writable(station, summary, needs_reporter=False).file
    station.archive.outbox.put(station.analyst.conclude(file, reason, keep_until, text))


def hold(station: Station, summary: Summary, until: date | None, text: str) -> None:
    """Keep a case until ``until``, or end that with ``None``.

    Raises ``BadDay``, ``NothingToChange`` where there is no hold to end, or as :func:`conclude`.
    """
    if until is not None and until < station.today():
        raise BadDay(str(until))
    file = writable(station, summary, needs_reporter=False).file
    if until == file.hold:
        raise NothingToChange(summary.name)
    station.archive.outbox.put((station.analyst.hold(file, until, text),))


def assign_again(
    station: Station, item: Item, case: OpenCase
) -> tuple[tuple[Outgoing, ...], tuple[bytes, ...]]:
    """An assignment whose place was taken, at the next place, with its handlers.

    Under the same group where only something else was written there. Where a colleague has changed
    the handlers meanwhile, what this one wanted to add and remove is done to theirs. One of a case
    that had no handlers is dropped: which of the two was meant is for people to say, and so is one
    that this analyst may not make any more. Raises ``AssignedMeanwhile`` then.
    """
    said = item.said(station.vault.groups)[-1]
    if not isinstance(said.payload, Assigned):
        raise DamagedArchive(station.archive.path)
    file, before, wanted = case.file, said.header.recipient, frozenset(item.handlers)
    try:
        if _has(station, file, before):
            group = station.vault.groups[_id_of(said.payload)]
            return station.analyst.assign(file, group, wanted, said.words), item.handlers
        former = _handlers_under(file, before)
        if former is not None and file.group is not None:
            merged = (file.handlers | (wanted - former)) - (former - wanted)
            if merged and merged != file.handlers:
                pair = _under_new_group(station, file, merged, said.words)
                return pair, tuple(sorted(merged))
    except (Locked, NotHandling):
        pass
    station.archive.outbox.drop(item.id)
    if wanted == file.handlers:
        return (), ()
    raise AssignedMeanwhile(case.name)


def _readers(station: Station, file: CaseFile) -> frozenset[bytes]:
    """Who can open what there is of a case now, and so wrap it to another group."""
    if file.group is not None:
        return file.handlers
    return frozenset(each.id for each in _roster(station).active() if each.intake)


def _under_new_group(
    station: Station, file: CaseFile, handlers: frozenset[bytes], text: str
) -> tuple[Outgoing, Outgoing]:
    """The assignment to a new group, whose secret is in the vault when this returns."""
    group = GroupSecret.generate(station.random_bytes)
    pair = station.analyst.assign(file, group, handlers, text)
    number = max(file.number, file.handling.number) + 1
    station.keep(lambda vault: vault.with_case(CaseSecret(file.mailbox, number, group.expose())))
    return pair


def _has(station: Station, file: CaseFile, before: bytes) -> bool:
    """Whether the group that an assignment was made under still has the case."""
    if file.group is None:
        return before in station.seen.directory.intake_groups
    return file.group.id == before


def _handlers_under(file: CaseFile, group: bytes) -> frozenset[bytes] | None:
    """Who was given a case group of this case, by the entry that is here."""
    for entry in file.entries:
        payload = entry.payload
        if isinstance(payload, Assigned) and _id_of(payload) == group:
            return frozenset(payload.handlers)
    return None


def _id_of(payload: Assigned) -> bytes:
    return import_card(payload.group.card).id


def check_concluded(summary: Summary) -> None:
    """Raise ``NotConcluded`` unless the case is."""
    if not summary.ended:
        raise NotConcluded(summary.name)
