"""Sending a file: sealed part by part, several at once, before any envelope names it (§8)."""

import asyncio
import mimetypes
import os
from typing import Final

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
from dropbox.client.errors import ClientError
from dropbox.client.retry import Moving
from dropbox.client.service import Service
from dropbox.client.source import Source
from dropbox.client.together import together

AT_ONCE: Final = 4
"""Parts on their way at the same time; each is about 1 MiB of memory."""
_CANCELLING: Final = 5.0


async def upload(
    service: Service, source: Source, random_bytes: RandomBytes, at_once: int = AT_ONCE
) -> FileManifest:
    """Send every part of ``source``: the manifest for the payload of an envelope that names it.

    Over a broken connection it goes on with the part it was at. Raises ``ChangedWhileSending``
    where the file was not the same throughout, ``Unreadable``, or any ``ClientError``; the parts
    already sent are then taken back as far as the server can be reached.
    """
    sending = _Sending(service, source, random_bytes)
    try:
        return await sending.run(at_once)
    except BaseException:
        await cancel(service, sending.file.id)
        raise


async def cancel(service: Service, file: bytes) -> None:
    """Take back a file no envelope names, if that is soon done. The server does it in an hour."""
    try:
        async with asyncio.timeout(_CANCELLING):
            await service.cancel_file(file)
    except (ClientError, TimeoutError):
        pass  # nothing was claimed, so nothing is lost


class _Sending:
    """One file on its way. Parts are read and sealed in their order, and sent side by side."""

    def __init__(self, service: Service, source: Source, random_bytes: RandomBytes) -> None:
        self.file = NewFile.generate(random_bytes)
        self._service = service
        self._source = source
        self._random_bytes = random_bytes
        self._hashes: list[bytes] = []
        self._done = 0
        self._reading = asyncio.Lock()

    async def run(self, at_once: int) -> FileManifest:
        size = self._source.size
        parts = part_count(size)
        await self._service.start_file(self.file.id, parts)
        await together([self._send_parts(parts) for _ in range(min(at_once, parts))])
        await asyncio.to_thread(self._source.check_unchanged)
        digest = file_hash(self._hashes)
        name = os.fsencode(self._source.path.name).decode("utf-8", "replace")[:NAME_LENGTH]
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return FileManifest(
            name, kind, size, padded_size(size), self.file.id, self.file.key.expose(), digest
        )

    async def _send_parts(self, parts: int) -> None:
        """Take the next part until there is none: one of several doing the same."""
        while True:
            async with self._reading:
                index = len(self._hashes)
                if index == parts:
                    return
                sealed = await asyncio.to_thread(self._seal_next, index)
                self._hashes.append(part_hash(sealed))
            await self._service.put_part(self.file.id, index, sealed)
            self._done += part_length(self._source.size, index)
            self._tell()

    def _seal_next(self, index: int) -> bytes:
        size = self._source.size
        plain = self._source.next_part() if index * PART < size else b""
        filled = plain.ljust(part_length(size, index), b"\x00")
        return seal_part(self.file, index, filled, self._random_bytes)

    def _tell(self) -> None:
        name, total = self._source.path.name, padded_size(self._source.size)
        self._service.tell(Moving(name, self._done, total))
