"""A request of somebody who wants to know what is held about them: the schedule, and the answer.

The schedule is for the team. The answer neither confirms nor denies: it is the same bytes whether
nothing is held or much, unless two people let a line go; then it has that line, and no day, case or
reference.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

from inbox_ui.accounts import words
from inbox_ui.accounts.subject import Asked, Hit, find_in
from inbox_ui.errors import OwnProposal, UnknownLine
from inbox_ui.search.index import Index
from inbox_ui.station import Station
from inbox_ui.summary import State
from inbox_ui.work.access import Access, Step
from inbox_ui.work.persons import may_name
from inbox_ui.work.pieces import Work
from inbox_ui.work.recording import record
from inbox_ui.work.records import newest_id, records_of
from inbox_ui.work.sending import readers_of, said_in_linked

LONGEST_NAME: Final = 200


def schedule(station: Station, index: Index, name: str) -> tuple[Hit, ...]:
    """Every place that names the person, in the cases that this analyst may read. ``index`` has
    followed them; what it has not read yet is opened. Nothing is written. Raises
    ``DamagedArchive``."""
    asked = Asked(
        name[:LONGEST_NAME],
        readers_of(station),
        station.vault.service,
        partial(said_in_linked, station),
    )
    return tuple(_schedule(station, index, asked))


def _schedule(station: Station, index: Index, asked: Asked) -> Iterator[Hit]:
    named = {each.mailbox for each in index.where(lambda text: may_name(text, asked.name))}
    for summary in station.casebook.cases():
        if summary.mailbox in named and summary.state != State.UNREADABLE:
            yield from find_in(station.open_case(summary), asked)


def not_searched(station: Station) -> int:
    """How many cases nobody can look into from here: others have them, a declared interest hides
    them, or nothing of them opens."""
    cases = station.casebook.cases()
    closed = sum(each.state in (State.LOCKED, State.UNREADABLE) for each in cases)
    return closed + station.casebook.count_hidden()


def say(station: Station, index: Index, name: str, code: str, step: Step, reason: str) -> str:
    """Write one step about the line of the schedule of ``name`` that is called ``code``; the case.

    Raises ``UnknownLine`` where there is none that may be given; ``OwnProposal`` for who agrees to
    what nobody else proposed; and as :func:`record`.
    """
    hits = schedule(station, index, name)
    found = next((each for each in hits if code and each.code == code), None)
    if found is None or found.line is None:
        raise UnknownLine(code)
    if step is Step.AGREED and not found.agreement.may_agree(station.analyst.card.id):
        raise OwnProposal
    summary = station.case(found.case)
    after = newest_id(records_of(station.open_case(summary)), Work.ACCESS)
    record(station, summary, Work.ACCESS, Access(after, found.line, step, reason))
    return found.case


def answer(hits: tuple[Hit, ...]) -> bytes:
    """What may be sent to who asked. UTF-8."""
    lines = sorted({each.text for each in hits if each.agreement.is_released})
    if not lines:
        return (words.ANSWER + "\n").encode()
    released = "\n".join(f"- {each}" for each in lines)
    return f"{words.ANSWER}\n\n{words.ANSWER_RELEASED}\n\n{released}\n".encode()
