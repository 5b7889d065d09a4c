"""The calls by which a Linux process takes rights from itself for good: prctl(2), unshare(2),
landlock(7), seccomp(2). What the C library has no name for is called by its number.
"""

import ctypes
import os
import platform
import struct
from dataclasses import dataclass
from typing import Final

_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 22, 38
_FILTER: Final = 2
_NAMESPACES: Final = 0x00020000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x40000000
"""Of mounts, host names, IPC, users and networks. One of processes would count only for children,
and there are none."""
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_ASK_VERSION: Final = 1
# What each version of Landlock can forbid, of files (the lowest bits, so many) and of networks.
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_ALL_OF_NETWORK: Final = 0b11
_ALL_OF_SCOPE: Final = 0b11
_FIRST_WITH_NETWORK, _FIRST_WITH_SCOPE = 4, 6

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class _Machine:
    """The kernel's name for a processor, and the numbers of the calls that are allowed on it."""

    audit: int
    allowed: tuple[int, ...]
    mapping: tuple[int, ...]
    """Of ``mmap`` and ``mprotect``: allowed, but not for code."""


# In this order: read write close lseek munmap brk rt_sigaction rt_sigprocmask rt_sigreturn pread64
# sched_yield mremap madvise exit exit_group futex clock_gettime gettimeofday getrandom getpid
# gettid sigaltstack restart_syscall. They take and give memory, read what is open, and end.
_MACHINES: Final = {
    "x86_64": _Machine(
        0xC000003E,
        (0, 1, 3, 8, 11, 12, 13, 14, 15, 17, 24, 25, 28, 60, 231, 202, 228, 96, 318, 39, 186, 131,
         219),
        (9, 10),
    ),
    "aarch64": _Machine(
        0xC00000B7,
        (63, 64, 57, 62, 215, 214, 134, 135, 139, 67, 124, 216, 233, 93, 94, 98, 113, 169, 278, 172,
         178, 132, 128),
        (222, 226),
    ),
}  # fmt: skip


def forbid_new_rights() -> None:
    """No program that is started gives more rights. What follows needs it."""
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), 0, 0, 0))


def leave_namespaces() -> None:
    """Go to namespaces of its own: no network, no IPC, no user of the machine's."""
    _check(_libc.unshare(_NAMESPACES))


def forbid_files() -> None:
    """Open no file and no connection, by Landlock, as far as this kernel's version goes."""
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    _check(version)
    files = (1 << _FILE_RIGHTS.get(version, max(_FILE_RIGHTS.values()))) - 1
    network = _ALL_OF_NETWORK if version >= _FIRST_WITH_NETWORK else 0
    scope = _ALL_OF_SCOPE if version >= _FIRST_WITH_SCOPE else 0
    # handled_access_fs(8) ‖ handled_access_net(8) ‖ scoped(8), of which old kernels know the first
    rules = struct.pack("=QQQ", files, network, scope)[: 24 if scope else 16 if network else 8]
    ruleset = _libc.syscall(_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    _check(ruleset)
    try:
        _check(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def forbid_calls() -> None:
    """Allow this process the calls of the list above, and nothing else, by seccomp.

    Every other call fails with ``EPERM``. Raises ``OSError`` where the kernel has no seccomp, and
    on a machine whose numbers are not in the list.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        raise OSError("no list of calls for this machine")
    program = _program(machine)

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    filled = Program(len(program) // 8, program)
    _check(_libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_FILTER), ctypes.byref(filled), 0, 0))


# An instruction of the filter: code(2) ‖ steps if so(1) ‖ steps if not(1) ‖ number(4)
_LOAD, _IF_EQUAL, _IF_BITS, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _AUDIT, _THIRD_ARGUMENT = 0, 4, 32
_KILL, _DENY, _ALLOW = 0x80000000, 0x00050000 | 1, 0x7FFF0000
_EXECUTABLE: Final = 4


def _program(machine: _Machine) -> bytes:
    lines: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, _AUDIT),
        (_IF_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL),  # calls of another processor have other numbers
        (_LOAD, 0, 0, _NUMBER),
    ]
    for number in machine.allowed:
        lines += [(_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    first, second = machine.mapping
    lines += [
        (_IF_EQUAL, 2, 0, first),
        (_IF_EQUAL, 1, 0, second),
        (_RETURN, 0, 0, _DENY),
        (_LOAD, 0, 0, _THIRD_ARGUMENT),
        (_IF_BITS, 0, 1, _EXECUTABLE),
        (_RETURN, 0, 0, _DENY),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _check(given: int) -> None:
    if given < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
