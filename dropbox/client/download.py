"""Fetching a file: nothing of it is kept under its name before all of it is right (§8, P12)."""

import asyncio
import os
import secrets
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from crypto.files import FileManifest, PartReader, part_length
from dropbox.client.errors import CannotSave
from dropbox.client.names import safe_name
from dropbox.client.retry import Moving
from dropbox.client.service import Service

AT_ONCE: Final = 4
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_OURS: Final = 0o600
_MOST_TRIES: Final = 1000


async def download(
    service: Service, manifest: FileManifest, folder: Path, at_once: int = AT_ONCE
) -> Path:
    """The path of the file, whole and checked, in ``folder`` (which is there), mode 0600.

    Its name is the sender's made safe; a file already there is never touched. Raises
    ``FilesDiffer`` (or another ``ProtocolError``) for a file that is not the one of ``manifest``,
    ``CannotSave``, or any ``ClientError``; then nothing of it is left.
    """
    temporary = folder / f".{secrets.token_hex(8)}.part"
    try:
        with os.fdopen(os.open(temporary, _NEW, _OURS), "wb") as file:
            async for plain in _parts(service, manifest, at_once):
                await asyncio.to_thread(file.write, plain)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        return _keep(temporary, folder, safe_name(manifest.name))
    except OSError:
        raise CannotSave(folder) from None
    finally:
        temporary.unlink(missing_ok=True)


async def _parts(service: Service, manifest: FileManifest, at_once: int) -> AsyncIterator[bytes]:
    """The plain parts in order, a few fetched ahead; ends only if all of them are right."""
    reader = PartReader(manifest)
    ahead: deque[asyncio.Task[bytes]] = deque()
    following, done = 0, 0
    try:
        for index in range(manifest.parts):
            while following < min(manifest.parts, index + at_once):
                ahead.append(asyncio.create_task(service.part(manifest.id, following)))
                following += 1
            yield reader.open(await ahead.popleft())
            done += part_length(manifest.size, index)
            service.tell(Moving(manifest.name, done, manifest.padded))
        reader.finish()
    finally:
        for task in ahead:
            task.cancel()
        await asyncio.gather(*ahead, return_exceptions=True)


def keep_new(folder: Path, name: str, data: bytes) -> Path:
    """Where ``data`` lies now in ``folder``, mode 0600: under ``name``, which is safe, or the next
    free one. Raises ``CannotSave``; then nothing of it is left."""
    temporary = folder / f".{secrets.token_hex(8)}.part"
    try:
        with os.fdopen(os.open(temporary, _NEW, _OURS), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return _keep(temporary, folder, name)
    except OSError:
        raise CannotSave(folder) from None
    finally:
        temporary.unlink(missing_ok=True)


def _keep(temporary: Path, folder: Path, name: str) -> Path:
    """Give the finished file the first free name: reserved first, so that nothing is replaced."""
    stem, ending = os.path.splitext(name)
    for number in range(1, _MOST_TRIES):
        goal = folder / (name if number == 1 else f"{stem} ({number}){ending}")
        try:
            os.close(os.open(goal, _NEW, _OURS))
        except FileExistsError:
            continue
        os.replace(temporary, goal)
        return goal
    raise CannotSave(folder)


async def fetch(service: Service, manifest: FileManifest, at_once: int = AT_ONCE) -> bytes:
    """The whole file, checked, in memory and nowhere else. Raises as :func:`download`."""
    return b"".join([plain async for plain in _parts(service, manifest, at_once)])
