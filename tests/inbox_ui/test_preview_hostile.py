"""Hostile files in the real viewer, with every call of their process recorded (T33, T35, T101).

The recording begins before the process exists and is read from where it first reads its file: from
there on it takes memory, reads that file, writes its answer, and ends. It asks for nothing else.
"""

import re
from pathlib import Path

import pytest

from inbox_ui.preview.keeper import sealed
from inbox_ui.preview.seeing import Task, command, listen
from inbox_ui.preview.sight import Sight
from tests import samples
from tests.hostile_files import Hostile, all_files
from tests.needs import needs

HARMLESS = frozenset(
    {
        "read", "pread64", "lseek", "write", "close", "mmap", "munmap", "mremap", "mprotect", "brk",
        "madvise", "futex", "getrandom", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
        "sigaltstack", "sched_yield", "exit_group", "getpid", "gettid",
    }
)  # fmt: skip
CALL = re.compile(r"^(\d+) +([a-z0-9_]+)\((?!0, \"\")", re.M)
"""A call, but not the one for the length of the file that it was given: newfstatat(0, "")."""
ABORT = frozenset({"tgkill"})
"""How a process ends itself whose memory is used up. That is refused too, and it ends otherwise."""
PROOF = re.compile(r"^(\d+) +execve\(\"/nothing\"", re.M)
"""The last thing that is tried before the file is read: to become another program."""


def _recorded(data: bytes, task: Task, path: Path) -> Sight:
    """What is seen, with the calls written to ``path``. Slower by far, so it has more time."""
    needs("strace")
    watched = ("/usr/bin/strace", "-f", "-qq", "-o", str(path), *command(task))
    with sealed(data) as file:
        return listen(watched, file, task=task, deadline=120)


def _asked(path: Path) -> set[str]:
    """What the process asked of the kernel once its jail was closed and tried."""
    recorded = path.read_text(errors="replace")
    [proof] = PROOF.finditer(recorded)
    assert "EPERM" in recorded[proof.start() :].split("\n", 1)[0]
    after = recorded[proof.end() :]
    return {name for process, name in CALL.findall(after) if process == proof[1]}


@pytest.mark.sampled(45)
@pytest.mark.parametrize("file", all_files(), ids=lambda each: each.name)
def test_a_hostile_file_is_named_and_asks_for_nothing(file: Hostile, tmp_path: Path) -> None:
    seen = _recorded(file.data, Task.LOOK, tmp_path / "calls")
    assert _asked(tmp_path / "calls") <= HARMLESS | (ABORT if file.ends else frozenset())
    assert seen.failure is None or seen.failure in file.ends, seen
    assert seen.kind is file.kind
    assert set(file.notes) <= {note for note, _ in seen.notes}
    for name in file.names:
        assert any(name in each for _, each in seen.names), seen.names
    if seen.failure is None:
        assert bool(seen.pictures) == file.shown or not file.shown, seen


@pytest.mark.parametrize("task", [Task.TEXT, Task.INSPECT, Task.CLEAN])
def test_no_other_task_asks_for_anything_either(task: Task, tmp_path: Path) -> None:
    runs = next(each for each in all_files() if each.name == "runs.pdf")
    seen = _recorded(runs.data, task, tmp_path / "calls")
    assert seen.failure is None
    assert _asked(tmp_path / "calls") <= HARMLESS


def test_a_picture_is_cleaned_and_compared_without_asking_for_anything(tmp_path: Path) -> None:
    seen = _recorded(samples.photo(), Task.CLEAN, tmp_path / "calls")
    assert seen.copy is not None
    assert _asked(tmp_path / "calls") <= HARMLESS
