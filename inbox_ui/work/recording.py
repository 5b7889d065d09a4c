"""Writing a piece of casework: sealed into the outbox first, like everything an analyst writes."""

from crypto.documents import Recorded
from crypto.encoding import Document
from crypto.envelope import Chain
from inbox_ui.casework import writable
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.work.pieces import Work


def record(station: Station, summary: Summary, work: Work, piece: Document) -> None:
    """Put a piece into the outbox, once: the same that still waits is one.

    Raises ``DamagedCase``, ``OverLimit``, ``Locked``, ``NotHandling``.
    """
    case = writable(station, summary, needs_reporter=False)
    text = piece.to_bytes().decode()
    waiting = (each for each in case.file.of(Chain.CASE) if each.id in case.waiting)
    if not any(isinstance(each.payload, Recorded) and each.words == text for each in waiting):
        station.archive.outbox.put((station.analyst.record(case.file, work.value, text),))
