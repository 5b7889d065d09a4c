"""A copy of a file without what it hides: made by a process of its own, and kept or not at all."""

from pathlib import Path

from crypto.files import FileManifest
from dropbox.client.download import keep_new
from dropbox.client.names import safe_name
from inbox_ui import durable
from inbox_ui.errors import NotCleaned
from inbox_ui.folder import FOLDER_MODE
from inbox_ui.preview import limits, words
from inbox_ui.preview.seeing import Task, see
from inbox_ui.preview.sight import Failure, Note


def check_size(manifest: FileManifest) -> None:
    """Raise ``NotCleaned`` for a file of which no copy can be made for its size."""
    if manifest.size > limits.LARGEST:
        raise NotCleaned(words.FAILURES[Failure.TOO_LARGE])


def clean(data: bytes) -> bytes:
    """A copy of ``data`` that shows the same. Raises ``NotCleaned`` with why there is none."""
    sight = see(data, Task.CLEAN)
    if sight.copy is None:
        raise NotCleaned(
            words.FAILURES[sight.failure] if sight.failure else words.NOTES[Note.NO_COPY]
        )
    return sight.copy


def keep_copy(copy: bytes, folder: Path, name: str) -> Path:
    """Where the copy lies in ``folder``, under ``name`` made safe; no file is replaced.

    Raises ``CannotSave``, ``CannotWrite`` or ``NoSpace``.
    """
    with durable.telling(folder):
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        return keep_new(folder, safe_name(name), copy)
