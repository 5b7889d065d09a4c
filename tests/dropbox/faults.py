"""A disk that fails once: at a chosen call of a chosen kind, in whichever process of a server.

``faults.c`` is compiled once and put before libc; what a test arms, the next call that is due does:

    with Server(data, team, environment=faults.environment(data)) as server:
        faults.arm(Call.FSYNC, 3, errno.EIO)
"""

import struct
import subprocess
from enum import IntEnum
from pathlib import Path

from tests.needs import needs

SOURCE = Path(__file__).with_suffix(".c")
_PLAN = struct.Struct("=iii")


class Call(IntEnum):
    """The kinds of calls; ``faults.c`` has the same numbers."""

    WRITE = 1
    """write(2): the parts of files."""
    PWRITE = 2
    """pwrite(2): SQLite."""
    FSYNC = 3
    """fsync(2), fdatasync(2)."""
    OPEN = 4
    """open(2), openat(2)."""


class Faults:
    """The plan that the processes of one server share."""

    def __init__(self, folder: Path) -> None:
        needs("cc")
        self._library = folder / "faults.so"
        self._plan = folder / "faults.plan"
        options = ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror"]
        subprocess.run(["cc", *options, "-o", self._library, SOURCE, "-ldl"], check=True)
        self.disarm()

    def environment(self, data: Path) -> dict[str, str]:
        """What a server is started with whose data are in ``data``."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAULTS": str(self._plan),
            "FAULTS_UNDER": f"{data.resolve()}/",
        }

    def arm(self, call: Call, number: int, error: int) -> None:
        """Let the ``number``-th call of this kind from now on, from 1, fail with this errno."""
        self._write(call, number, error)

    def disarm(self) -> bool:
        """Let nothing fail; gives whether anything has."""
        left = _PLAN.unpack(self._plan.read_bytes())[1] if self._plan.exists() else 0
        self._write(0, 0, 0)
        return left == 0

    def _write(self, *plan: int) -> None:
        self._plan.touch()
        with self._plan.open("r+b") as file:  # the same file: it is mapped
            file.write(_PLAN.pack(*plan))
