"""A text an analyst wrote, from a file or a pipe."""

import sys
from pathlib import Path
from typing import Final

from inbox_ui.errors import BadText

_LARGEST: Final = 4 * 40_000 + 4
"""Bytes of the longest text a directory allows; one more is read to see that there is more."""


def read_text(name: str) -> str:
    """The text in the file ``name``, or what is piped in for ``-``.

    Line ends become ``\\n``; a byte order mark and empty lines at the end are left out. Raises
    ``BadText`` for what is no text, empty, or longer than any directory allows.
    """
    try:
        data = _read_bytes(name)
        text = data.decode("utf-8-sig")
    except (OSError, ValueError):
        raise BadText(name) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if not text or "\x00" in text or len(data) > _LARGEST:
        raise BadText(name)
    return text


def _read_bytes(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(_LARGEST + 1)
    with Path(name).open("rb") as file:
        return file.read(_LARGEST + 1)
