"""Cases that have to do with each other, without becoming one.

Three things bring two cases together: the same thing is marked in both, their first reports are
nearly the same text, or an analyst says so, with a reason, in both. None of them changes who has a
case or when it ends. What is told of other cases is of those alone that whoever looks may read: of
the others there is neither a name nor a number.
"""

from dataclasses import dataclass, field

from inbox_ui.casework import writable
from inbox_ui.errors import LinkedAlready, NotLinked, SameCase, UnknownCase
from inbox_ui.reading import OpenCase
from inbox_ui.search.contents import is_readable
from inbox_ui.search.index import Index
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.work.marks import accepted
from inbox_ui.work.pieces import CaseLink, Mark, Work
from inbox_ui.work.records import Record, pieces, records_of


@dataclass(frozen=True)
class Shared:
    """Something marked in this case that is marked in ``others`` too. ``across``: reports of
    some of them name other police forces than this one's."""

    mark: Mark
    others: tuple[Summary, ...]
    across: bool


@dataclass(frozen=True)
class Near:
    """A case whose first report is nearly the same text; ``share`` of 100 is the same."""

    other: Summary
    share: int
    across: bool


@dataclass(frozen=True)
class Linked:
    """A case that an analyst linked with this one. ``other`` is ``None`` where whoever looks may
    not read it; ``both`` is whether it says so too, and set where that cannot be told."""

    address: bytes = field(repr=False)
    other: Summary | None
    reason: str = field(repr=False)
    record: Record
    both: bool


# -- what agrees --------------------------------------------------------------------------------


def shared_names(index: Index, summary: Summary, case: OpenCase) -> tuple[Shared, ...]:
    """What is marked in this case and in others that may be read, each thing once."""
    things = {(each.kind.value, each.normal): each for each in reversed(accepted(case))}
    found = []
    for (kind, normal), mark in reversed(things.items()):
        others = tuple(
            each for each in index.named(kind, normal) if each.mailbox != summary.mailbox
        )
        if others:
            found.append(Shared(mark, others, any(_is_across(summary, each) for each in others)))
    return tuple(found)


def near_texts(index: Index, summary: Summary) -> tuple[Near, ...]:
    """The cases whose first report is nearly the same, the likest first."""
    return tuple(
        Near(other, share, _is_across(summary, other))
        for other, share in index.alike(summary.mailbox)
    )


def _is_across(one: Summary, other: Summary) -> bool:
    """Whether two reports name police forces, and not one of them is of both."""
    ours, theirs = _forces(one), _forces(other)
    return bool(ours and theirs) and not ours & theirs


def _forces(summary: Summary) -> set[str]:
    return {each for each in summary.forces.split(",") if each}


# -- what an analyst says -----------------------------------------------------------------------


def links_of(case: OpenCase) -> dict[bytes, tuple[Record, CaseLink]]:
    """The newest word about each mailbox that this case was linked with, if it is that they are."""
    newest = {link.other: (record, link) for record, link in pieces(records_of(case), CaseLink)}
    return {other: found for other, found in newest.items() if not found[1].ended}


def linked(station: Station, case: OpenCase) -> tuple[Linked, ...]:
    """The cases that are linked with this one."""
    links = links_of(case)
    boxes = {each: station.archive.mailbox(each) for each in links}
    numbers = {box.id for box in boxes.values() if box is not None}
    readable = {
        each.mailbox: each
        for each in (station.casebook.cases() if numbers else ())
        if each.mailbox in numbers and is_readable(each)
    }
    return tuple(
        _linked(station, case, address, readable.get(box.id) if box else None, *links[address])
        for address, box in boxes.items()
    )


def _linked(
    station: Station,
    case: OpenCase,
    address: bytes,
    other: Summary | None,
    record: Record,
    link: CaseLink,
) -> Linked:
    both = other is None or case.file.mailbox in links_of(station.open_case(other))
    return Linked(address, other, link.reason, record, both)


def find_other(station: Station, name: str) -> Summary:
    """A case by its name. Raises ``UnknownCase`` for one that may not be read as if it were not
    there, and as ``Station.case``."""
    found = station.case(name)
    if not is_readable(found):
        raise UnknownCase(name)
    return found


def link(station: Station, one: Summary, other: Summary, reason: str) -> None:
    """Say in both cases that they have to do with each other.

    What stopped between the two is finished by doing it again. Raises ``SameCase``,
    ``LinkedAlready``, or as ``writable`` and ``Analyst.record``; then nothing is written.
    """
    if one.mailbox == other.mailbox:
        raise SameCase(one.name)
    if not _say(station, one, other, reason, ended=False):
        raise LinkedAlready(other.name)


def unlink(station: Station, one: Summary, other: Summary, reason: str) -> None:
    """Say in both cases that they have not. Raises ``NotLinked``, or as :func:`link`."""
    if not _say(station, one, other, reason, ended=True):
        raise NotLinked(other.name)


def _say(station: Station, one: Summary, other: Summary, reason: str, *, ended: bool) -> bool:
    """Write it into each of the two that does not say so yet; whether there was any. All is signed
    before the first is kept: where one cannot be written into, neither is."""
    signed = []
    for summary, to in ((one, other), (other, one)):
        case = writable(station, summary, needs_reporter=False)
        address = station.casebook.address(to)
        if (address in links_of(case)) == ended:
            piece = _piece(case, address, reason, ended=ended)
            text = piece.to_bytes().decode()
            signed.append(station.analyst.record(case.file, Work.LINK.value, text))
    for outgoing in signed:
        station.archive.outbox.put((outgoing,))
    return bool(signed)


def _piece(case: OpenCase, other: bytes, reason: str, *, ended: bool) -> CaseLink:
    seen = [each.id for each, _ in pieces(records_of(case), CaseLink)]
    return CaseLink(seen[-1] if seen else None, other, ended, reason)
