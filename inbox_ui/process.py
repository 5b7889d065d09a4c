"""What a process that holds keys does for itself: it is read by no other, and ends with its parent
(prctl(2), Linux)."""

import ctypes
import os
import resource
import signal
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4


def hide() -> None:
    """No core, and no other process of this user reads this memory, nor that of its children.
    Raises ``OSError``."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_PR_SET_DUMPABLE, 0)


def die_with_parent() -> None:
    """End this process when the one that started it has ended. Raises ``OSError``."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def die_with(parent: int) -> None:
    """The same of ``parent``, which may have ended before this was asked. Raises ``OSError``."""
    die_with_parent()
    if os.getppid() != parent:
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
