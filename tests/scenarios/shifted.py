"""The programs of the team and of reporters, with a clock that a test turns.

Imported by the process that the programs of :mod:`tests.scenarios.programs` are forked from, and
by no test. The day is a function of each program; here another one stands in its place.
"""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import tests.cheap  # noqa: F401 - a vault must cost the same for all
from dropbox.report import places
from inbox_ui import options

_clock = Path(os.devnull)


def today() -> date:
    ahead = float(_clock.read_text() or "0")
    return (datetime.now(UTC) + timedelta(seconds=ahead)).date()


options.today = today
places.today = today

# After the day was replaced: from here on everybody who asks for it is given this one.
import dropbox.report.commands  # noqa: E402
import inbox_ui.cli  # noqa: E402
import inbox_ui.pages.serving  # noqa: E402
from dropbox.report.running import run_command  # noqa: E402


def play(program: str, arguments: Sequence[str], clock: Path, streams: Path) -> None:
    """Become ``program``; its three streams are the files ``in``, ``out`` and ``err``."""
    global _clock  # noqa: PLW0603 - one program, one clock
    _clock = clock
    os.setsid()
    read, write = os.O_RDONLY, os.O_WRONLY | os.O_APPEND | os.O_CREAT
    for number, name, how in ((0, "in", read), (1, "out", write), (2, "err", write)):
        os.dup2(os.open(streams / name, how, 0o600), number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.argv = [program, *arguments]
    if program == "dropbox-inbox":
        inbox_ui.cli.main()
    sys.exit(run_command(dropbox.report.commands.report, sys.argv[1:], program))
