"""Sending a file while it comes in: sealed part by part, its length known last (§8).

Only one part is ever in memory, and none on a disk.
"""

import mimetypes
from collections.abc import AsyncIterator
from pathlib import Path

from crypto.constants import PART
from crypto.files import (
    NAME_LENGTH,
    FileManifest,
    NewFile,
    file_hash,
    padded_size,
    part_count,
    part_hash,
    part_length,
    seal_part,
)
from crypto.primitives import RandomBytes
from dropbox.client.errors import EmptyFile, FileTooLarge
from dropbox.client.service import Service
from dropbox.client.upload import cancel

Chunks = AsyncIterator[bytes]


async def stream(
    service: Service, name: str, chunks: Chunks, most: int, largest: int, random_bytes: RandomBytes
) -> FileManifest:
    """Send every byte of ``chunks``: the manifest for the payload of an envelope that names it.

    Room is asked for ``most`` bytes, and given back when the length is known. Raises ``EmptyFile``,
    ``FileTooLarge`` above ``largest`` bytes, any ``ClientError``, or what ``chunks`` raises; what
    was sent is then taken back.
    """
    most = min(most, largest)
    sending = _Stream(service, name, random_bytes)
    try:
        await service.start_file(sending.file.id, part_count(most))
        async for chunk in chunks:
            if sending.size + len(chunk) > most:
                raise FileTooLarge(Path(name))
            await sending.take(chunk)
        return await sending.finish()
    except BaseException:
        await cancel(service, sending.file.id)
        raise


class _Stream:
    """One file on its way: what was sent of it, and what is not yet a whole part."""

    def __init__(self, service: Service, name: str, random_bytes: RandomBytes) -> None:
        self.file = NewFile.generate(random_bytes)
        self.size = 0
        self._service = service
        self._name = name
        self._random_bytes = random_bytes
        self._hashes: list[bytes] = []
        self._rest = bytearray()

    async def take(self, chunk: bytes) -> None:
        """Take more bytes; send what is a whole part, which no later byte can change."""
        self.size += len(chunk)
        self._rest += chunk
        while len(self._rest) >= PART:
            await self._send(bytes(self._rest[:PART]))
            del self._rest[:PART]

    async def finish(self) -> FileManifest:
        """Send the rest, zero-filled, now that the length is known."""
        if self.size == 0:
            raise EmptyFile(Path(self._name))
        parts = part_count(self.size)
        while (index := len(self._hashes)) < parts:
            await self._send(bytes(self._rest).ljust(part_length(self.size, index), b"\x00"))
            self._rest.clear()
        await self._service.start_file(self.file.id, parts)
        name = self._name[:NAME_LENGTH]
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return FileManifest(
            name,
            kind,
            self.size,
            padded_size(self.size),
            self.file.id,
            self.file.key.expose(),
            file_hash(self._hashes),
        )

    async def _send(self, plain: bytes) -> None:
        index = len(self._hashes)
        sealed = seal_part(self.file, index, plain, self._random_bytes)
        self._hashes.append(part_hash(sealed))
        await self._service.put_part(self.file.id, index, sealed)
