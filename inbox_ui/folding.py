"""Folding many mailboxes on all cores: a new workstation has a hundred thousand of them.

Of each batch every core but one has a share in a process of its own, forked when its rows have
been read. That process has the keys as this one has, opens no file, writes what it folded into
memory that has no name, and is gone with its share. What it did not do, whatever the reason, is
folded here.
"""

import json
import os
import select
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NoReturn

from inbox_ui.process import die_with
from inbox_ui.rows import Row
from inbox_ui.summary import Summary, read_summary

BATCH: Final = 4_000
"""Mailboxes whose rows are in memory at once."""
LEAST: Final = 200
"""Mailboxes that are worth a process: a second's tenth."""
_MOST_CORES: Final = 8
PATIENCE: Final = 120.0
"""Seconds that a share may take once our own is folded. A process that was forked beside other
threads may wait for ever for what one of them held."""

Mailbox = tuple[int, list[Row] | None]
Fold = Callable[[int, list[Row] | None], Summary]


def fold_all(
    mailboxes: Iterable[Mailbox],
    fold: Fold,
    least: int = LEAST,
    cores: int | None = None,
    patience: float = PATIENCE,
) -> Iterator[Summary]:
    """The summaries of ``mailboxes``, in their order. ``fold`` depends on nothing but its
    arguments. Raises what ``mailboxes`` and ``fold`` raise.
    """
    many = min(cores or len(os.sched_getaffinity(0)), _MOST_CORES)
    coming = iter(mailboxes)
    while batch := list(islice(coming, BATCH)):
        yield from _fold_batch(batch, fold, min(many, len(batch) // least), patience)


def _fold_batch(
    batch: Sequence[Mailbox], fold: Fold, processes: int, patience: float
) -> Iterator[Summary]:
    each = -(-len(batch) // max(processes, 1))
    mine, *others = [batch[at : at + each] for at in range(0, len(batch), each)]
    with ExitStack() as stack:
        shares = [stack.enter_context(_Share(other, fold)) for other in others]
        yield from [fold(*mailbox) for mailbox in mine]
        for share in shares:
            yield from share.summaries(patience)


@dataclass
class _Share:
    """What another process folds. A context manager, behind which that process is gone."""

    mailboxes: Sequence[Mailbox]
    fold: Fold = field(repr=False)
    _process: int = 0
    _memory: int = -1

    def __enter__(self) -> "_Share":
        with suppress(OSError):  # no memory, or no process more
            self._memory = os.memfd_create("folded")
            parent = os.getpid()
            self._process = os.fork()
            if self._process == 0:
                self._fold_apart(parent)
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        if self._memory >= 0:
            os.close(self._memory)

    def summaries(self, patience: float) -> list[Summary]:
        """Them, once that process has ended; else they are folded here."""
        if not self._is_done(patience):
            return [self.fold(*mailbox) for mailbox in self.mailboxes]
        with os.fdopen(os.dup(self._memory), "rb") as folded:
            folded.seek(0)
            return list(map(read_summary, json.load(folded)))

    def _is_done(self, patience: float) -> bool:
        """Whether it has ended in time, with all that it had to do."""
        if self._process == 0:
            return False
        ended = os.pidfd_open(self._process)
        try:
            waiting = select.poll()
            waiting.register(ended, select.POLLIN)
            waiting.poll(1000 * patience)
        finally:
            os.close(ended)
        return self._end() == 0

    def _end(self) -> int:
        """Let it not go on. How it ended: 0 where it had done everything."""
        process, self._process = self._process, 0
        if process == 0:
            return 1
        os.kill(process, signal.SIGKILL)  # nothing to one that has ended
        return os.waitpid(process, 0)[1]

    def _fold_apart(self, parent: int) -> NoReturn:
        """The child: it never returns into what the parent was doing, and says nothing."""
        status = 1
        try:
            die_with(parent)
            folded = [self.fold(*mailbox) for mailbox in self.mailboxes]
            with os.fdopen(self._memory, "wb") as memory:
                memory.write(json.dumps(folded).encode())
            status = 0
        finally:
            os._exit(status)
