"""The process of one file, from outside: started with the file and nothing else, and ended.

It gets the file, open to be read, a pipe to answer into, no variable, no other open file, and a
group of its own that is killed in the end. Bytes of a case are handed over in memory that nobody
can change any more (memfd_create(2)), and never lie on a disk.
"""

import fcntl
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, Self

from inbox_ui.preview import limits

_SEALS: Final = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
_AT_ONCE: Final = 1024 * 1024


class NotStarted(Exception):
    """The machine has no room for a process, or for the file in memory."""


class TooLate(Exception):
    """It did not end within its time."""


class Ended(Exception):
    """It ended before it had said everything."""


class TooMuch(Exception):
    """It says more than any file needs."""


class Kept:
    """A running process; a context manager that leaves none behind.

    ``file`` is a descriptor of it; ``deadline`` is in seconds from now. Raises ``NotStarted``.
    """

    def __init__(
        self, command: tuple[str, ...], file: int, deadline: float = limits.STARTING
    ) -> None:
        self.allow(deadline)
        self._left = limits.SAID
        try:
            self._process: Final = subprocess.Popen(
                command,
                stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={}, cwd="/", close_fds=True, start_new_session=True, bufsize=0,
            )  # fmt: skip
        except OSError:
            raise NotStarted from None
        assert self._process.stdout is not None
        self._answer: Final = self._process.stdout
        self._poll = select.poll()
        self._poll.register(self._answer, select.POLLIN)

    def allow(self, seconds: float) -> None:
        """Let it go on for so long from now."""
        self._until = time.monotonic() + seconds

    def read(self, length: int) -> bytes:
        """Exactly so many bytes of what it says. Raises ``TooLate``, ``Ended`` or ``TooMuch``."""
        self._left -= length
        if self._left < 0:
            raise TooMuch
        got = bytearray()
        while len(got) < length:
            left = self._until - time.monotonic()
            if left <= 0 or not self._poll.poll(1000 * left):
                raise TooLate
            some = os.read(self._answer.fileno(), min(_AT_ONCE, length - len(got)))
            if not some:
                raise Ended
            got += some
        return bytes(got)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._answer.close()
        self._process.wait()


@contextmanager
def sealed(data: bytes) -> Iterator[int]:
    """A file in memory that holds ``data`` for good, at its beginning: its descriptor.

    Raises ``NotStarted``.
    """
    try:
        opened = os.memfd_create("file", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except OSError:
        raise NotStarted from None
    try:
        _fill(opened, data)
        yield opened
    finally:
        os.close(opened)


def _fill(opened: int, data: bytes) -> None:
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(opened, view) :]
        os.lseek(opened, 0, os.SEEK_SET)
        fcntl.fcntl(opened, fcntl.F_ADD_SEALS, _SEALS)
    except OSError:
        raise NotStarted from None
