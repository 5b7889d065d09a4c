"""What a commissioner's oversight meeting is given: whole months that are over, and nothing small.

Each table is suppressed (:mod:`inbox_ui.accounts.suppression`). Two papers over months that overlap
could be taken from each other, and so could the same months counted twice, with a week between. So
what was made once is kept, and given again as it was; months of one paper are in no other.

How long it took to read and to conclude is in no paper: who was read and not acknowledged, or ended
late, would be the difference of two rows of two tables, which nothing hides.

There is no name of a case in it, no day, and nothing of who made it, where, or when.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from crypto.encoding import (
    Choice,
    Document,
    Fixed,
    Flag,
    Inner,
    Integer,
    List,
    Matching,
    Nullable,
    Text,
    member,
)
from crypto.errors import Malformed
from inbox_ui import durable
from inbox_ui.accounts import words
from inbox_ui.accounts.figures import (
    Account,
    Axis,
    Tally,
    month_of,
    months_between,
    partition,
)
from inbox_ui.accounts.suppression import LEAST, Hidden, Shown, suppress
from inbox_ui.errors import BadPeriod, BadSettings, Overlapping

FORM: Final = "sealed-dropbox/oversight-1"
MONTH: Final = r"20[0-9]{2}-(0[1-9]|1[0-2])"
MOST_MONTHS: Final = 36
_PAPERS: Final = 150
"""So many fit into a document: a paper has about 6,000 bytes."""
_ROWS: Final = 300


@dataclass(frozen=True)
class Row(Document):
    """A kind of report. ``count`` is ``None`` where it is not said: because it is under five
    (``few``), or so that nothing under five can be worked out."""

    kind: str = member(Text(60, least=1))
    count: int | None = member(Nullable(Integer(LEAST)))
    few: bool = member(Flag())


@dataclass(frozen=True)
class Table(Document):
    """Every report of the months once, by one thing."""

    axis: Axis = member(Choice(Axis))
    rows: tuple[Row, ...] = member(List(Inner(Row), _ROWS))


@dataclass(frozen=True)
class Paper(Document):
    """What is given away of the months from ``first`` to ``last``. ``count`` is ``None``, and there
    are no tables, where there are fewer than five reports."""

    form: str = member(Fixed(FORM))
    first: str = member(Matching(MONTH))
    last: str = member(Matching(MONTH))
    count: int | None = member(Nullable(Integer(LEAST)))
    tables: tuple[Table, ...] = member(List(Inner(Table), len(Axis)))


@dataclass(frozen=True)
class Papers(Document):
    """Every paper that this workstation has made."""

    papers: tuple[Paper, ...] = member(List(Inner(Paper), _PAPERS))

    def find(self, first: str, last: str) -> Paper | None:
        """The one of exactly these months."""
        return next(
            (each for each in self.papers if (each.first, each.last) == (first, last)), None
        )


def read_papers(path: Path) -> Papers:
    """Those in ``path``; none where there is no such file. Raises ``BadSettings``."""
    try:
        return Papers.from_bytes(path.read_bytes().rstrip(b"\n"))
    except FileNotFoundError:
        return Papers(())
    except (OSError, Malformed):
        raise BadSettings(path) from None


def publish(path: Path, accounts: Sequence[Account], first: str, last: str, today: date) -> Paper:
    """The paper of these months: the one that was made before, or a new one, kept in ``path``.

    Raises ``BadPeriod`` for months that are not over, or are none; ``Overlapping`` where one of
    them is in another paper; and as :func:`read_papers` and :func:`durable.replace`.
    """
    known = read_papers(path)
    check_period(first, last, today)
    found = known.find(first, last)
    if found is not None:
        return found
    for each in known.papers:
        if each.first <= last and first <= each.last:
            raise Overlapping(words.period(each.first, each.last))
    made = make_paper(accounts, first, last)
    durable.replace(path, Papers((*known.papers, made)).to_bytes() + b"\n")
    return made


def check_period(first: str, last: str, today: date) -> None:
    """Raise ``BadPeriod`` unless these are months, in order, not too many, and over."""
    codec = Matching(MONTH)
    try:
        codec.read(first)
        codec.read(last)
    except Malformed:
        raise BadPeriod from None
    in_order = first <= last < month_of(today)
    if not in_order or len(months_between(first, last)) > MOST_MONTHS:
        raise BadPeriod


def make_paper(accounts: Sequence[Account], first: str, last: str) -> Paper:
    """The paper of these months, from every case that this workstation reads."""
    months = months_between(first, last)
    own = [each for each in accounts if month_of(each.story.reported) in months]
    if len(own) < LEAST:
        return Paper(FORM, first, last, None, ())
    tables = tuple(_table(partition(axis, own, months)) for axis in Axis)
    return Paper(FORM, first, last, len(own), tables)


def _table(tally: Tally) -> Table:
    shown = suppress([count for _, count in tally.rows])
    kinds = (kind for kind, _ in tally.rows)
    return Table(tally.axis, tuple(map(_row, kinds, shown)))


def _row(kind: str, shown: Shown) -> Row:
    return Row(kind, shown if isinstance(shown, int) else None, shown is Hidden.FEW)


def sheet_of(paper: Paper) -> Iterator[tuple[str | int, ...]]:
    """The paper as rows of a spreadsheet, with a head."""
    yield words.SHEET_HEAD
    total = words.FEW if paper.count is None else paper.count
    yield (words.ALL_REPORTS, words.period(paper.first, paper.last), total)
    for table in paper.tables:
        for row in table.rows:
            name = words.kind(table.axis, row.kind)
            yield (words.TITLES[table.axis], name, words.shown(row.count, few=row.few))
