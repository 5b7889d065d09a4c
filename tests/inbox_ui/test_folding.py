"""Many mailboxes are folded by several processes: to the same, whatever becomes of them."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from inbox_ui.folding import Fold, fold_all
from inbox_ui.rows import Row
from inbox_ui.summary import Summary, View, summarise
from tests.inbox_ui.conftest import Desk, Writer, garbage

CORES = 3


@pytest.fixture
def full(desk: Desk, reporter: Callable[[], Writer]) -> Desk:
    """Ten mailboxes: with a conversation, with what does not open, with two reports of one day."""
    for number in range(10):
        writer = reporter()
        writer.write(f"Report {number}.")
        if number % 3 == 0:
            writer.write("And more.")
        if number % 4 == 0:
            desk.server.add(garbage(writer.address))
    desk.sync()
    return desk


@pytest.fixture
def fold(full: Desk) -> Fold:
    station = full.station
    boxes = {each.id: each for each in station.archive.mailboxes()}
    view = View(station.analyst.card.id, frozenset(station.vault.groups), frozenset())

    def fold(number: int, rows: list[Row] | None) -> Summary:
        assert rows is not None
        case = station.reader.read(boxes[number], rows)
        return summarise(number, boxes[number].changed, case, view)

    return fold


def folded(desk: Desk, fold: Fold, cores: int = CORES, patience: float = 60.0) -> list[Summary]:
    numbers = [each.id for each in desk.station.archive.mailboxes()]
    return list(
        fold_all(desk.station.archive.rows(numbers), fold, least=1, cores=cores, patience=patience)
    )


def children() -> str:
    """The process ids of this thread's children: the runner of the tests may have some too."""
    return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text()


def test_several_processes_fold_to_what_one_does_and_none_is_left(full: Desk, fold: Fold) -> None:
    here, alone = os.getpid(), folded(full, fold, cores=1)
    open_before, children_before = len(list(Path("/proc/self/fd").iterdir())), children()
    at_work: list[int] = []

    def watched(number: int, rows: list[Row] | None) -> Summary:
        if os.getpid() == here:
            at_work.append(number)
        return fold(number, rows)

    assert folded(full, watched) == alone == sorted(full.station.casebook.all())
    assert len(at_work) < len(alone)  # the others did the rest
    assert any(each.alarms for each in alone)
    assert children() == children_before
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before


def test_what_a_killed_process_had_to_fold_is_folded_here(full: Desk, fold: Fold) -> None:
    here = os.getpid()

    def killed(number: int, rows: list[Row] | None) -> Summary:
        if os.getpid() != here and number % 2 == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return fold(number, rows)

    assert folded(full, killed) == folded(full, fold, cores=1)


def test_an_error_is_raised_here_as_by_one_process_and_leaves_none(full: Desk, fold: Fold) -> None:
    last, before = max(each.id for each in full.station.archive.mailboxes()), children()

    def fails(number: int, rows: list[Row] | None) -> Summary:
        if number == last:
            raise LookupError
        return fold(number, rows)

    with pytest.raises(LookupError):
        folded(full, fails)
    assert children() == before


def test_what_hangs_is_ended_and_folded_here(full: Desk, fold: Fold) -> None:
    here, before = os.getpid(), children()

    def hangs(number: int, rows: list[Row] | None) -> Summary:
        if os.getpid() != here:
            time.sleep(3600)
        return fold(number, rows)

    assert folded(full, hangs, patience=0.2) == folded(full, fold, cores=1)
    assert children() == before


def test_where_no_process_can_be_had_all_is_folded_here(
    full: Desk, fold: Fold, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> int:
        raise BlockingIOError

    expected = folded(full, fold, cores=1)
    monkeypatch.setattr(os, "fork", refused)
    assert folded(full, fold) == expected
