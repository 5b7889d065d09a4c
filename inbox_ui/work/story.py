"""What the figures have to know of one case: a few days and facts, and not a word of anybody.

The days are the server's word. A story goes into the summary of its case as one short line, so that
ten thousand cases are counted without one of them being opened.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from crypto.casefile import CaseFile
from crypto.documents import Concluded, Message, Note, Receipt, Recorded, Reply, Report, Sealed
from crypto.envelope import Chain
from crypto.opening import Entry, Payload
from inbox_ui.reading import OpenCase
from inbox_ui.work.intelligence import Consent, Draft, Release
from inbox_ui.work.records import Record, records_of

_BETWEEN: Final = " "
_NO_DAY: Final = "-"
_TELEPHONE: Final = "t"
_RELEASED: Final = "r"


@dataclass(frozen=True)
class Story:
    """How a case went. ``written`` counts the reporter's report and messages.

    ``read`` is the first day on which the log shows that somebody had read the report,
    ``acknowledged`` that of the first receipt or reply that says so to the reporter, ``concluded``
    that of the conclusion that counts. ``released``: intelligence of it went to a unit, as somebody
    else than its authors and its sender had consented to.
    """

    reported: date
    telephone: bool
    written: int
    read: date | None
    acknowledged: date | None
    concluded: date | None
    released: bool

    def to_line(self) -> str:
        """The story on one line; :func:`read_story` reads it again."""
        days = (self.reported, self.read, self.acknowledged, self.concluded)
        flags = _TELEPHONE * self.telephone + _RELEASED * self.released
        said = (*(str(each or _NO_DAY) for each in days), str(self.written), flags)
        return _BETWEEN.join(said)


def read_story(line: str) -> Story:
    """What :meth:`Story.to_line` made of one. Only for lines from under our own seal."""
    reported, read, acknowledged, concluded, written, flags = line.split(_BETWEEN)
    return Story(
        date.fromisoformat(reported),
        _TELEPHONE in flags,
        int(written),
        _day(read),
        _day(acknowledged),
        _day(concluded),
        _RELEASED in flags,
    )


def story_of(case: OpenCase) -> Story | None:
    """The story of an opened case; ``None`` where nothing opens that a reporter wrote."""
    file = case.file
    written = [each for each in file.of(Chain.REPORTER) if _is(each, Report, Message)]
    if not written:
        return None
    answers = [each.day for each in file.of(Chain.TEAM) if _acknowledges(each, written[0].seq)]
    worked = [each.day for each in file.of(Chain.CASE) if _is(each, Note, Recorded)]
    first = written[0].payload
    return Story(
        reported=written[0].day,
        telephone=getattr(first, "sealed", None) is Sealed.BY_TELEPHONE,
        written=len(written),
        read=_first([*answers, *worked]),
        acknowledged=_first(answers),
        concluded=_concluded(file),
        released=_is_released(records_of(case)),
    )


def _is(entry: Entry[Payload], *kinds: type) -> bool:
    return isinstance(entry.payload, kinds)


def _acknowledges(entry: Entry[Payload], seq: int) -> bool:
    """Whether it tells the reporter that the envelope at ``seq`` was read."""
    payload = entry.payload
    return (
        isinstance(payload, Receipt | Reply) and payload.ack is not None and payload.ack.seq >= seq
    )


def _concluded(file: CaseFile) -> date | None:
    if file.concluded is None:
        return None
    return next((each.day for each in reversed(file.of(Chain.CASE)) if _is(each, Concluded)), None)


def _is_released(records: tuple[Record, ...]) -> bool:
    """Whether a release stands behind somebody else's consent to the same report. The consent's
    signature is for the unit: here the entries count, which their authors have signed."""
    consents: dict[bytes, set[bytes]] = {}
    authors: dict[str, set[bytes]] = {}
    for each in records:
        piece = each.piece
        if isinstance(piece, Draft):
            authors.setdefault(piece.report.ref, set()).add(each.author)
        elif isinstance(piece, Consent) and piece.signature is None:
            consents[piece.report] = set()
        elif isinstance(piece, Consent):
            consents.setdefault(piece.report, set()).add(each.author)
        elif isinstance(piece, Release):
            others = consents.get(piece.report, set()) - authors.get(piece.ref, set())
            if others - {each.author}:
                return True
    return False


def _first(days: Iterable[date]) -> date | None:
    return min(days, default=None)


def _day(written: str) -> date | None:
    return None if written == _NO_DAY else date.fromisoformat(written)
