"""Files out of a case: whole and checked, or not at all (docs/protocol.md §8, T30).

A name from a report is data. It never leads out of the folder that was chosen, and where a path
was chosen for the file, the name is not used at all.
"""

import os
import shutil
import tempfile
from pathlib import Path

from crypto.analyst import files_of
from crypto.envelope import Chain
from crypto.files import FileManifest
from dropbox.client.download import download
from dropbox.client.service import Service
from inbox_ui import durable
from inbox_ui.errors import AlreadyThere, NoSuchFile
from inbox_ui.folder import FOLDER_MODE
from inbox_ui.reading import OpenCase


def find_file(case: OpenCase, chain: Chain, seq: int, number: int) -> FileManifest:
    """File ``number``, from 1, of the envelope at ``seq``. Raises ``NoSuchFile``."""
    at_place = [entry for entry in case.file.of(chain) if entry.seq == seq]
    files = [file for entry in at_place for file in files_of(entry)]
    if not 1 <= number <= len(files):
        raise NoSuchFile(f"{chain.name.lower()} {seq} {number}")
    return files[number - 1]


async def save_into(service: Service, manifest: FileManifest, folder: Path) -> Path:
    """Where the file lies in ``folder``, under its own name made safe; no file is replaced.

    Raises ``FilesDiffer``, ``CannotSave``, ``CannotWrite`` or ``ClientError``; then nothing is
    left of it.
    """
    _make(folder)
    return await download(service, manifest, folder)


async def save_as(
    service: Service, manifest: FileManifest, goal: Path, *, replace: bool = False
) -> Path:
    """``goal``, where the file lies now.

    Raises as :func:`save_into`, and ``AlreadyThere`` unless it may ``replace`` a file.
    """
    apart = _make_apart(goal, replace)
    try:
        _move(await download(service, manifest, apart), goal, replace)
    finally:
        shutil.rmtree(apart)
    return goal


def _make(folder: Path) -> None:
    with durable.telling(folder):
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def _make_apart(goal: Path, replace: bool) -> Path:
    """A folder on the same disk as ``goal``, for a file that is not whole yet."""
    if goal.exists() and not replace:
        raise AlreadyThere(goal)
    with durable.telling(goal):
        return Path(tempfile.mkdtemp(prefix=".saving-", dir=goal.parent))


def _move(saved: Path, goal: Path, replace: bool) -> None:
    with durable.telling(goal):
        if replace:
            saved.replace(goal)
        else:
            os.link(saved, goal)
        durable.sync_folder(goal.parent)
