"""The fold: archive → cases. A case is nothing but its chains, verified (docs/protocol.md §5).

Only mailboxes that changed since the last snapshot are opened. What one hostile envelope, damaged
row or unreadable page does, it does to its own case.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Final

from crypto.analyst import case_name
from inbox_ui.archive import Archive, Mailbox
from inbox_ui.errors import AmbiguousCase, DeclaredInterest, ShortCaseName, UnknownCase
from inbox_ui.folding import fold_all
from inbox_ui.outbox import Item
from inbox_ui.reading import OpenCase, Reader
from inbox_ui.rows import Row
from inbox_ui.snapshot import Snapshots
from inbox_ui.summary import Summary, View, summarise, unreadable, with_casework

LETTERS: Final = 8
LEAST_LETTERS: Final = 4
_WHOLE_NAME: Final = 52
"""Letters of base32 that 32 bytes have."""
_TELL_EVERY: Final = 1000

Progress = Callable[[int, int], None]
"""Told how many of how many mailboxes are folded."""


class Casebook:
    """All cases of an archive, folded."""

    def __init__(self, archive: Archive, reader: Reader, snapshots: Snapshots, view: View) -> None:
        self._archive = archive
        self._reader = reader
        self._snapshots = snapshots
        self._view = view
        self._mailboxes: dict[int, Mailbox] = {}
        self._summaries: dict[int, Summary] = {}
        self._sorted: list[Summary] | None = None
        self._pending: dict[int, tuple[object, Summary]] = {}
        self.folds = 0
        """How often it was folded: what follows it looks whether that is another."""

    def refresh(self, progress: Progress = lambda done, of: None) -> None:
        """Fold what is new, and keep what was folded. Raises ``DamagedArchive``."""
        with _without_collecting():
            known = self._summaries or self._snapshots.load()
            self._mailboxes = {each.id: each for each in self._archive.mailboxes()}
        stale = [
            each.id
            for each in self._mailboxes.values()
            if each.id not in known or known[each.id].changed != each.changed
        ]
        fresh = {
            mailbox: summary for mailbox, summary in known.items() if mailbox in self._mailboxes
        }
        folded = self._fold(stale, progress)
        self._summaries = _name_apart({**fresh, **folded}, self._mailboxes)
        self._sorted = None
        self.folds += 1
        self._snapshots.keep({**fresh, **folded}, folded)

    def cases(self) -> list[Summary]:
        """Every case that is not hidden, the one with the newest day first."""
        if self._sorted is None:
            self._sorted = sorted(
                (each for each in self._summaries.values() if not each.hidden),
                key=lambda each: (each.last_day, each.changed),
                reverse=True,
            )
        return list(self._sorted)

    def all(self) -> list[Summary]:
        """Every case, the hidden ones too: for what has to be done whoever looks."""
        return list(self._summaries.values())

    def count_hidden(self) -> int:
        """How many cases a declared interest hides."""
        return sum(each.hidden for each in self._summaries.values())

    def hidden_of(self, analyst: bytes) -> tuple[str, ...]:
        """The names of the cases that a declared interest hides, and that a colleague gave to
        ``analyst`` all the same: nobody else knows what is declared here."""
        hidden = (each for each in self._summaries.values() if each.hidden and not each.ended)
        return tuple(sorted(each.name for each in hidden if analyst in each.handled_by))

    def find(self, name: str) -> Summary:
        """The case whose name begins with ``name``.

        Raises as :meth:`find_any`, and ``DeclaredInterest`` for one that is hidden.
        """
        found = self.find_any(name)
        if found.hidden:
            raise DeclaredInterest(found.name)
        return found

    def find_any(self, name: str) -> Summary:
        """The same, a hidden one too.

        Raises ``ShortCaseName`` below four letters, ``UnknownCase`` or ``AmbiguousCase``.
        """
        wanted = name.strip().lower()
        if len(wanted) < LEAST_LETTERS:
            raise ShortCaseName(name)
        start = wanted[:LETTERS]
        found = [
            each
            for each in self._summaries.values()
            if each.name.startswith(start)
            and case_name(self._mailboxes[each.mailbox].address, _WHOLE_NAME).startswith(wanted)
        ]
        if not found:
            raise UnknownCase(name)
        if len(found) > 1:
            raise AmbiguousCase(name, tuple(sorted(each.name for each in found)))
        return found[0]

    def open(self, summary: Summary, waiting: Sequence[Item], today: date) -> OpenCase:
        """The case of ``summary``, with what of it waits in the outbox. Raises ``DamagedArchive``.

        What waits is shown at the place it was signed for, under ``today``.
        """
        return self._reader.open(self._mailbox(summary), waiting, today)

    def with_waiting(self, summary: Summary, waiting: Sequence[Item], today: date) -> Summary:
        """A summary with the casework that waits in the outbox: what is said of a risk to life
        counts at once, also while the server is away. Raises ``DamagedArchive``."""
        under = (summary, today, [each.id for each in waiting])
        known, found = self._pending.get(summary.mailbox, (None, summary))
        if known != under:
            found = with_casework(summary, self.open(summary, waiting, today))
            self._pending[summary.mailbox] = (under, found)
        return found

    def address(self, summary: Summary) -> bytes:
        """The address of a case's mailbox."""
        return self._mailbox(summary).address

    def _mailbox(self, summary: Summary) -> Mailbox:
        """That of a summary, which may be of a casebook from before the vault was changed."""
        if summary.mailbox not in self._mailboxes:
            self._mailboxes = {each.id: each for each in self._archive.mailboxes()}
        return self._mailboxes[summary.mailbox]

    def _fold(self, stale: Sequence[int], progress: Progress) -> dict[int, Summary]:
        folded: dict[int, Summary] = {}
        for summary in fold_all(self._archive.rows(stale), self._fold_one):
            folded[summary.mailbox] = summary
            if len(folded) % _TELL_EVERY == 0 or len(folded) == len(stale):
                progress(len(folded), len(stale))
        return folded

    def _fold_one(self, number: int, rows: list[Row] | None) -> Summary:
        mailbox = self._mailboxes[number]
        if rows is None:  # the pages of the database under it are damaged
            return unreadable(mailbox.id, mailbox.changed, mailbox.address)
        case = self._reader.read(mailbox, rows)
        return summarise(mailbox.id, mailbox.changed, case, self._view)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Hold the collector of cycles still: a hundred thousand new tuples have none, and looking
    through them again and again takes half of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _name_apart(
    summaries: dict[int, Summary], mailboxes: Mapping[int, Mailbox]
) -> dict[int, Summary]:
    """Longer names where two cases agree in the letters of theirs."""
    named = Counter(each.name[:LETTERS] for each in summaries.values())
    agreeing = [each for each in summaries.values() if named[each.name[:LETTERS]] > 1]
    for letters in range(LETTERS + 1, _WHOLE_NAME + 1):
        if not agreeing:
            break
        longer = {
            each.mailbox: case_name(mailboxes[each.mailbox].address, letters) for each in agreeing
        }
        named = Counter(longer.values())
        for each in agreeing:
            summaries[each.mailbox] = each._replace(name=longer[each.mailbox])
        agreeing = [each for each in agreeing if named[longer[each.mailbox]] > 1]
    return summaries
