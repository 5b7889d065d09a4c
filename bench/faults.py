"""The second half of ``make soak``: the disk fails at every call of a report with a file.

For each kind of call and each error, the first, second, third … call fails, until a report goes
through without having met it; then all invariants of tests/dropbox/sweep.py. ``FAULTS=1`` in the
environment says how often all of this is done (3).
"""

import errno
import os
import shutil
import sys
from pathlib import Path
from typing import Final

from bench.servers import workspace
from tests.dropbox.faults import Call, Faults
from tests.dropbox.server import Server, make_data
from tests.dropbox.sweep import Sweep
from tests.dropbox.team import Team

ERRORS: Final = (errno.ENOSPC, errno.EIO, errno.EDQUOT)
_MOST: Final = 1000


def sweep(folder: Path) -> int:
    """One server, every call; gives how many failed. Raises ``AssertionError`` for what is lost."""
    faults = Faults(folder)
    team = Team()
    data = make_data(folder / "data", team)
    with Server(data, team, environment=faults.environment(data)) as server:
        swept = Sweep(server, faults)
        for call in Call:
            for error in ERRORS:
                before = swept.hits
                for number in range(1, _MOST):
                    if not swept.try_at(call, number, error):
                        break
                swept.check()
                said = f"{call.name.lower()} with {errno.errorcode[error]}"
                print(f"{said}: failed at each of {swept.hits - before} calls, nothing lost")
        server.stop()
        with Server(data, team) as again:
            swept.check(again)
    return swept.hits


def main() -> int:
    """Run as the environment asks."""
    if shutil.which("cc") is None:
        print("error: there is no C compiler\nhint: apt-get install gcc libc6-dev", file=sys.stderr)
        return 1
    for number in range(int(os.environ.get("FAULTS", "3"))):
        with workspace() as folder:
            try:
                hits = sweep(folder)
            except AssertionError as broken:
                print(f"error: {broken}", file=sys.stderr)
                return 1
        print(f"sweep {number + 1}: {hits} failures, started again, nothing damaged", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
