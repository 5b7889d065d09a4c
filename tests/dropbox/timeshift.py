"""``python -m tests.dropbox.timeshift CLOCK serve …``: the server with a clock that tests can turn.

CLOCK is a file that holds the number of seconds by which the server's clock is ahead. The clock is
a parameter of ``serve`` in the program; this is the one caller that gives another. ``LIMITS`` in
the environment (``NAME=NUMBER NAME=NUMBER``) sets some of ``dropbox.limits`` for this server, or
with ``MODULE:NAME=NUMBER`` of another module.
"""

import importlib
import os
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from dropbox import limits
from dropbox.cli import main
from dropbox.processes import serving


def shifted(file: Path) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(file.read_text() or "0"))


if __name__ == "__main__":
    for place, _, number in (each.partition("=") for each in os.environ.get("LIMITS", "").split()):
        where, _, name = place.rpartition(":")
        module = importlib.import_module(where) if where else limits
        setattr(module, name, type(getattr(module, name))(float(number)))
    clock = partial(shifted, Path(sys.argv.pop(1)))
    serving.serve = partial(serving.serve, clock=clock, sweep_seconds=0.2)
    main()
