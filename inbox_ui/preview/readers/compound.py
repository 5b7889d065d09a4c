"""Office files of the old kinds, which are compound files ([MS-CFB]): nothing of one is shown.

    ⟨name in UTF-16, 64⟩ ⟨length with its end, 2⟩ ⟨kind, 1⟩ ⟨61 more⟩    an entry of its directory

A sector is as long as some entries, so each lies at a multiple of 128 bytes, wherever its sector
is. So every such place is looked at, and no chain of sectors, which can lead nowhere, in a circle
or past what another program repairs, is followed. What the file freed may be named as well.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from inbox_ui.preview import limits
from inbox_ui.preview.saying import Say
from inbox_ui.preview.sight import Note

_ENTRY: Final = 128
_LENGTH: Final = slice(64, 66)
_KIND: Final = 66
_KINDS: Final = frozenset({1, 2})
"""Of a storage and a stream. An entry that was never used is of the kind 0."""
_LONGEST: Final = 64
_OF_MACROS: Final = frozenset({"vba", "_vba_project", "_vba_project_cur", "macros"})
_TOGETHER: Final = frozenset({"dir", "project"})
"""The streams of a project of macros, wherever they are: each alone may be another's."""
_MACROS: Final = re.compile(re.escape("_VBA_PROJECT".encode("utf-16-le")) + b"|Attribut\0e VB_")
_EMBEDDED: Final = "Ole10Native".encode("utf-16-le")


def show(file: BinaryIO, say: Say) -> None:
    """What there is to mind: macros, by the entries or by what stands in their text, and files."""
    say.note(Note.NO_READER)
    file.seek(0)
    data = file.read(limits.LARGEST)
    if _MACROS.search(data) or _has_macros(data):
        say.note(Note.MACROS)
    if _EMBEDDED in data:
        say.note(Note.EMBEDDED)


def _has_macros(data: bytes) -> bool:
    found = (_OF_MACROS | _TOGETHER).intersection(_names(data))
    return bool(found & _OF_MACROS) or found >= _TOGETHER


def _names(data: bytes) -> Iterator[str]:
    """The names of storages and streams, as programs compare them."""
    for place in range(0, len(data) - _KIND, _ENTRY):
        if data[place + _KIND] in _KINDS:
            entry = data[place : place + _ENTRY]
            length = min(int.from_bytes(entry[_LENGTH], "little"), _LONGEST)
            yield entry[: max(length - 2, 0)].decode("utf-16-le", "replace").lower()
