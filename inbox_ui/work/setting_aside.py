"""Saying at a workstation that what keeps a case from a unit is only mentioned."""

from collections.abc import Iterator

from inbox_ui.casework import writable
from inbox_ui.errors import NotOpen, OwnProposal, UnknownUnit
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.work.access import Step
from inbox_ui.work.clashes import Held
from inbox_ui.work.conflicts import Ground, Reason
from inbox_ui.work.drafting import begin, current_drafts
from inbox_ui.work.intelligence import Intelligence
from inbox_ui.work.mentioning import agreement_on, newest_seen
from inbox_ui.work.mentions import Mention, Mentioned
from inbox_ui.work.pieces import Work
from inbox_ui.work.recording import record
from inbox_ui.work.records import newest_id, records_of
from inbox_ui.work.units import Units


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
    if units.find(unit) is None:
        raise UnknownUnit(unit)
    if step is not Step.WITHDRAWN and Ground(Reason(of.value), whom) not in _open(
        station, case, units, unit
    ):
        raise NotOpen(unit)
    me = station.analyst.card.id
    if step is Step.AGREED and not agreement_on(case, unit, of, whom).may_agree(me):
        raise OwnProposal
    after = newest_id(records_of(case), Work.MENTION)
    piece = Mention(after, unit, of, whom, newest_seen(case), step, reason)
    record(station, summary, Work.MENTION, piece)


def _open(station: Station, case: OpenCase, units: Units, unit: str) -> frozenset[Ground]:
    """What may be said to be only mentioned, of the case or of a report of it."""
    listed = units.find(unit)
    assert listed is not None
    clashes = (Held(case, each, units).clash(listed) for each in _reports(station, case))
    return frozenset(ground for each in clashes if each is not None for ground in each.open_to_two)


def _reports(station: Station, case: OpenCase) -> Iterator[Intelligence]:
    yield begin(station.today(), bytes(10))
    yield from (each.draft.report for each in current_drafts(records_of(case)))
