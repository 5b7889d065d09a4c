"""What a process gives up before it sees a request (prctl(2), setrlimit(2))."""

import ctypes
import logging
import os
import resource
import signal
import sys
import threading
import warnings
from typing import Final

from dropbox import limits
from dropbox.words import LOOP_FAILED, say

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NAME: Final = 15
_libc: Final = ctypes.CDLL(None, use_errno=True)


def take_name(name: str) -> None:
    """Be called ``name`` (at most 15 letters) where processes are listed."""
    _prctl(_PR_SET_NAME, ctypes.create_string_buffer(name.encode("ascii")))


def leave_no_core() -> None:
    """No core dump, and no other process of this user reads this one's memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_PR_SET_DUMPABLE, 0)


def open_many_files() -> None:
    """As many sockets and files as we want and the system allows; children have it from us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.OPEN_FILES if hard == resource.RLIM_INFINITY else min(limits.OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def connections_allowed() -> int:
    """How many connections this process can have, with files to spare."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return limits.CONNECTIONS
    return max(1, min(limits.CONNECTIONS, soft - limits.SPARE_FILES))


def die_with(parent: int) -> None:
    """Be killed when the process ``parent`` is gone, however it went; at once if it is already."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def be_silent() -> None:
    """Let no library say anything: what it says of an error can quote a request or name a peer."""
    logging.disable(sys.maxsize)
    warnings.simplefilter("ignore")
    sys.excepthook = lambda *_: say(LOOP_FAILED)
    sys.unraisablehook = lambda _: say(LOOP_FAILED)
    threading.excepthook = lambda _: say(LOOP_FAILED)


def _prctl(option: int, value: int | ctypes.Array[ctypes.c_char]) -> None:
    argument = ctypes.c_ulong(value) if isinstance(value, int) else value
    if _libc.prctl(option, argument, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
