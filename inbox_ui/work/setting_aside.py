"""Saying at a workstation that what keeps a case from a unit is only mentioned."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inbox_ui.casework import writable
from inbox_ui.errors import NotOpen, OwnProposal, UnknownUnit
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.work.access import Step
from inbox_ui.work.agreeing import Agreement
from inbox_ui.work.clashes import Held
from inbox_ui.work.conflicts import Ground, Reason
from inbox_ui.work.drafting import begin, current_drafts
from inbox_ui.work.intelligence import Intelligence
from inbox_ui.work.mentioning import agreement_on, newest_seen, set_aside
from inbox_ui.work.mentions import Mention, Mentioned
from inbox_ui.work.pieces import Work
from inbox_ui.work.recording import record
from inbox_ui.work.records import newest_id, records_of
from inbox_ui.work.units import Unit, Units


@dataclass(frozen=True)
class Matter:
    """What keeps a case from ``unit``, or kept it until two people agreed. Of a name, ``whom`` on
    its list that may mean."""

    unit: Unit
    of: Mentioned
    whom: str
    agreement: Agreement


def matters(station: Station, case: OpenCase, units: Units) -> Iterator[Matter]:
    """All of which two people may say that it is only mentioned, or have said so."""
    held = [Held(case, each, units) for each in _reports(station, case)]
    for unit in units.units:
        grounds = _open(held, unit) | set_aside(case, unit.id)
        for of, whom in sorted((Mentioned(each.reason.value), each.whom) for each in grounds):
            yield Matter(unit, of, whom, agreement_on(case, unit.id, of, whom))


def say(
    station: Station,
    summary: Summary,
    units: Units,
    mentioned: tuple[str, Mentioned, str],
    step: Step,
    reason: str,
) -> None:
    """Write one step about a unit, what is mentioned, and whom on its list that does not mean.

    Raises ``UnknownUnit``; ``NotOpen`` where it does not keep the case from the unit, or nobody can
    set it aside; ``OwnProposal`` for who agrees to what nobody else proposed; and as
    :func:`record`.
    """
    case = writable(station, summary, needs_reporter=False)
    unit, of, whom = mentioned
    listed = units.find(unit)
    if listed is None:
        raise UnknownUnit(unit)
    held = [Held(case, each, units) for each in _reports(station, case)]
    if step is not Step.WITHDRAWN and Ground(Reason(of.value), whom) not in _open(held, listed):
        raise NotOpen(unit)
    me = station.analyst.card.id
    if step is Step.AGREED and not agreement_on(case, unit, of, whom).may_agree(me):
        raise OwnProposal
    after = newest_id(records_of(case), Work.MENTION)
    piece = Mention(after, unit, of, whom, newest_seen(case), step, reason)
    record(station, summary, Work.MENTION, piece)


def _open(held: Iterable[Held], unit: Unit) -> frozenset[Ground]:
    """What may be said to be only mentioned, of the case or of a report of it."""
    clashes = (each.clash(unit) for each in held)
    return frozenset(ground for each in clashes if each is not None for ground in each.open_to_two)


def _reports(station: Station, case: OpenCase) -> Iterator[Intelligence]:
    yield begin(station.today(), bytes(10))
    yield from (each.draft.report for each in current_drafts(records_of(case)))
