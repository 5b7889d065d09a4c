"""Counts for an auditor who may not read: from exported logs, which have no words in them.

An auditor is given the logs by who handles the cases, and verifies each (:mod:`inbox_ui.exporting`)
before anything of it is counted. What a log does not prove is counted as that, and as nothing else.
The tables are suppressed as those that leave the team are: each sorts the same entries, or the same
cases, by one thing. Suppression takes every row for one that may be nought, so which rows there are
must not depend on what is in the logs: every kind is listed, and months begin with a January and
end with that of the newest log. Who wrote is in no table: a row for a person is one at least, and
the logs themselves say it to whoever has them.

Whoever has the counts of two sets of logs that differ by a few may take one from the other. Nothing
here can know of the other set: it is said where the counts are given.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from crypto.envelope import Chain
from crypto.export import Verified
from inbox_ui import words as commands
from inbox_ui.accounts import words
from inbox_ui.accounts.figures import MANY_MONTHS, month_of, months_between
from inbox_ui.accounts.suppression import LEAST, Hidden, Shown, suppress
from inbox_ui.exporting import history_of_export
from inbox_ui.history import Step
from inbox_ui.work.clocks import READ_WITHIN, working_days

KINDS: Final = (
    "note",
    "sent",
    "recorded",
    "assigned",
    "concluded",
    "held",
    "contact-requested",
    "contact-released",
)
"""What an entry may be; what there is least of stands last, for suppression begins at the end."""


@dataclass(frozen=True)
class Counted:
    """A table: its title, and how many of each."""

    title: str
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Ledger:
    """Of how many cases there are logs, how many entries are proved in them and how many places are
    not, and the tables."""

    cases: int
    entries: int
    unproved: int
    tables: tuple[Counted, ...]


def ledger_of(logs: Iterable[Verified]) -> Ledger:
    """The counts of some logs; of a case of which there are several, the one with most in it."""
    newest: dict[bytes, Verified] = {}
    for log in logs:
        before = newest.get(log.statement.mailbox)
        if before is None or len(before.case) <= len(log.case):
            newest[log.statement.mailbox] = log
    steps = [(log, history_of_export(log).steps) for log in newest.values()]
    every = [step for _, some in steps for step in some]
    proved = [step for step in every if step.is_whole]
    last = max((log.statement.day for log in newest.values()), default=None)
    tables = (*_of_entries(proved, last), _of_cases(steps))
    return Ledger(len(newest), len(proved), len(every) - len(proved), tables)


def _of_entries(steps: Sequence[Step], last: date | None) -> Iterator[Counted]:
    """``last`` is the day of the newest log. There are no months where they are too many."""
    days = [step.day for step in steps if step.day is not None]
    months = _months(days, last) if days and last is not None else ()
    if len(months) <= MANY_MONTHS:
        by_month = Counter(month_of(each) for each in days)
        yield Counted(words.BY_MONTH, tuple((words.month(each), by_month[each]) for each in months))
    by_kind = Counter(step.kind for step in steps)
    yield Counted(words.BY_KIND, tuple((commands.HEADINGS[each], by_kind[each]) for each in KINDS))


def _months(days: Sequence[date], last: date) -> tuple[str, ...]:
    """Those from a January on: the first month with an entry would be known to have one."""
    return months_between(f"{min(days).year:04}-01", month_of(max(*days, last)))


def _of_cases(logs: Sequence[tuple[Verified, tuple[Step, ...]]]) -> Counted:
    """How soon after the report the first entry came: within two working days somebody reads it."""
    found = Counter(_promptness(log, steps) for log, steps in logs)
    kinds = (words.IN_TIME, words.LATER, words.NEVER)
    return Counted(words.BEGUN, tuple((each, found[each]) for each in kinds))


def _promptness(log: Verified, steps: Sequence[Step]) -> str:
    reported = _first(stored.day for _, stored in log.chains[Chain.REPORTER].entries)
    begun = _first(step.day for step in steps if step.is_whole)
    if reported is None or begun is None:
        return words.NEVER
    return words.IN_TIME if working_days(reported, begun) <= READ_WITHIN else words.LATER


def _first(days: Iterable[date | None]) -> date | None:
    return min((each for each in days if each is not None), default=None)


def ledger_sheet(ledger: Ledger) -> Iterator[tuple[str | int, ...]]:
    """The ledger as rows of a spreadsheet, suppressed, with a head."""
    yield words.LEDGER_HEAD
    for name, number in (
        (words.CASES, ledger.cases),
        (words.ENTRIES, ledger.entries),
        (words.UNPROVED, ledger.unproved),
    ):
        yield (words.ALL, name, number if number >= LEAST else words.FEW)
    for table in ledger.tables:
        counts = [number for _, number in table.rows]
        if sum(counts) >= LEAST:
            for (kind, _), shown in zip(table.rows, suppress(counts), strict=True):
                yield (table.title, kind, _said(shown))


def _said(shown: Shown) -> str | int:
    if isinstance(shown, int):
        return shown
    return words.FEW if shown is Hidden.FEW else words.WITHHELD
