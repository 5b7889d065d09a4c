"""Free ports of loopback."""

import socket

from deploy.demo.programs import Failed

_ROWS = 100


def free_row(first: int, count: int) -> range:
    """The first ``count`` ports in a row, from ``first`` on, that nobody listens on."""
    for port in range(first, first + count * _ROWS, count):
        row = range(port, port + count)
        if all(map(_is_free, row)):
            return row
    raise Failed(f"no {count} ports in a row are free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
