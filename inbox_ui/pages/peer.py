"""Whose program is at the other end of a connection on this machine (proc(5), ``/proc/net/tcp``).

A cookie proves less than it seems. Browsers send it to every port of a host, so that a page can
lead the analyst's browser to another user's port and hand it over; a program can then forge every
header that a browser would not. Whose socket it is cannot be forged.
"""

import os
import re
import socket
import sys
from pathlib import Path
from typing import Final

Address = tuple[str, int]
"""An IPv4 address and a port."""

_TABLES: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LOOKS: Final = 2
"""The kernel gives the table piece by piece: a row can be passed over while others come and go."""
_ESTABLISHED: Final = "01"
"""The one state in which a socket surely has an owner. One that was closed with data still on its
way shows 0, which is root's number and here means nobody's."""


def is_ours(peer: Address, own: Address) -> bool:
    """Whether the socket at ``peer`` that is connected to ``own`` belongs to this process's user.

    Not where it cannot be found. Root's sockets are not ours either: its services must not be made
    to ask in somebody's name, and root itself needs no socket to read this memory.
    """
    row = _row(peer, own)
    for _ in range(_LOOKS):
        for table in _TABLES:
            if found := row.search(_read(table)):
                return int(found[1]) == os.geteuid()
    return False


def _row(peer: Address, own: Address) -> re.Pattern[bytes]:
    """The row of the socket at ``peer``; its group is the uid. In the table of IPv6 stands a socket
    of that kind that was connected to an IPv4 address."""
    mapped = f"(?:0{{16}}{_word(bytes((0, 0, 255, 255)))})?"
    ends = " ".join(
        f"{mapped}{_word(socket.inet_aton(host))}:{port:04X}" for host, port in (peer, own)
    )
    return re.compile(rf"^ *\d+: {ends} {_ESTABLISHED} \S+ \S+ \S+ +(\d+) ".encode(), re.MULTILINE)


def _word(four: bytes) -> str:
    """Four bytes as the kernel prints them: as a number of this machine."""
    return f"{int.from_bytes(four, sys.byteorder):08X}"


def _read(table: Path) -> bytes:
    try:
        return table.read_bytes()
    except OSError:
        return b""
