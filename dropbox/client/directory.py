"""The directory of a server, checked against the root a person compared (docs/protocol.md §6)."""

from dataclasses import dataclass, field

from crypto.directory import Directory, read_directory
from dropbox.client.service import Service


@dataclass(frozen=True)
class Published:
    """A verified directory and the signed bytes it was read from."""

    directory: Directory
    signed: bytes = field(repr=False)


def read_published(signed: bytes, root: bytes, origin: str) -> Published:
    """The directory in ``signed``: of the service ``root`` and naming ``origin``.

    ``root`` is an id (32 bytes) or a fingerprint (20 bytes). Days are not compared: who seals asks
    :meth:`~crypto.directory.Directory.check_day`. Raises ``crypto.errors`` (``ForeignService`` for
    another root, ``ForeignOrigin``, ``Malformed``, ``Forged``, ``KeysAlike``).
    """
    directory = read_directory(signed, root)
    directory.check_origin(origin)
    return Published(directory, signed)


async def fetch(service: Service, root: bytes, origin: str) -> Published:
    """Ask ``service`` for its directory and verify it: see :func:`read_published`."""
    return read_published(await service.directory(), root, origin)
