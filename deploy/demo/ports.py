"""Free ports of loopback."""

import socket

from deploy.demo.programs import Failed

_PAIRS = 100


def free_pair(first: int) -> tuple[int, int]:
    """The first two ports in a row, from ``first`` on, that nobody listens on."""
    for port in range(first, first + 2 * _PAIRS, 2):
        if _is_free(port) and _is_free(port + 1):
            return port, port + 1
    raise Failed("no two ports in a row are free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
