"""What an analyst writes in a case: to the outbox first, sealed, then to the server.

What becomes of it where its place is taken meanwhile stands in ``placing``; who has a case is
changed in ``assigning``.
"""

from dataclasses import replace

from crypto.documents import Link, Note, Reply
from crypto.envelope import Chain
from crypto.errors import NotHandling
from crypto.opening import Entry, Payload
from inbox_ui.errors import ClosedCase, NoReporter, UnknownCase
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.summary import State, Summary


def newest_read(station: Station, name: str) -> Link | None:
    """The newest message of the reporter that the archive holds of a case, if it has the case.

    Asked before anything is fetched: what comes while an analyst writes was not read by anybody.
    """
    try:
        return station.open_case(station.case(name)).file.newest_read
    except UnknownCase:
        return None


def reply(station: Station, summary: Summary, text: str, language: str, read: Link | None) -> None:
    """Write to the reporter, and acknowledge what was ``read``.

    The same words to the same case while they still wait are one reply. Raises ``ClosedCase``,
    ``NoReporter``, ``DamagedCase``, ``OverLimit``, ``Locked`` where the vault lacks the current
    intake group.
    """
    case = writable(station, summary, needs_reporter=True)
    said = (
        (each.payload.text, each.payload.language)
        for each in _waiting(case)
        if isinstance(each.payload, Reply)
    )
    if (text, language) not in said:
        file = replace(case.file, newest_read=read)
        station.archive.outbox.put(station.analyst.reply(file, text, language))


def acknowledge(station: Station, summary: Summary, read: Link | None) -> bool:
    """Tell the reporter that everything up to ``read`` was read; whether there was any to tell.

    Raises as :func:`reply`.
    """
    case = writable(station, summary, needs_reporter=True)
    if read is None or read.seq <= case.file.acknowledged:
        return False
    file = replace(case.file, newest_read=read)
    station.archive.outbox.put(station.analyst.receipt(file))
    return True


def read_up_to(case: OpenCase, seq: int) -> Link | None:
    """The reporter's message at ``seq``, as what somebody has read; ``None`` unless it is shown."""
    shown = (each for each in case.file.of(Chain.REPORTER) if each.payload is not None)
    return next((Link(seq, each.id) for each in shown if each.seq == seq), None)


def count_newer(case: OpenCase, read: Link | None) -> int:
    """How many messages of the reporter came after ``read``."""
    last = -1 if read is None else read.seq
    shown = [each for each in case.file.of(Chain.REPORTER) if each.payload is not None]
    return sum(each.seq > last for each in shown)


def note(station: Station, summary: Summary, text: str) -> None:
    """Write an internal note. Raises as :func:`reply`, except for ``NoReporter``."""
    case = writable(station, summary, needs_reporter=False)
    if text not in (each.words for each in _waiting(case) if isinstance(each.payload, Note)):
        station.archive.outbox.put((station.analyst.note(case.file, text),))


def _waiting(case: OpenCase) -> list[Entry[Payload]]:
    return [entry for entry in case.file.entries if entry.id in case.waiting]


def check_theirs(station: Station, summary: Summary, case: OpenCase) -> None:
    """Raise ``NotHandling`` where others handle the case, whatever opens here of it: who was on
    intake duty before has its report still."""
    handlers = case.file.handlers
    if summary.state == State.LOCKED or (handlers and station.analyst.card.id not in handlers):
        raise NotHandling


def writable(station: Station, summary: Summary, *, needs_reporter: bool) -> OpenCase:
    """The case with what of it waits. Raises ``DamagedCase``, ``ClosedCase`` or ``NoReporter``."""
    case = station.open_case(summary)
    case.check_writable()
    if needs_reporter and case.file.closed:
        raise ClosedCase(summary.name)
    if needs_reporter and case.file.card is None:
        raise NoReporter(summary.name)
    return case
