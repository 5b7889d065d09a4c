"""A file's name as somebody else gave it, made into one that may be written (T30).

A name is data and never a path: what is saved lies in the folder that was chosen, under a name
every system takes, and in nobody else's place.
"""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

_UNSAFE = re.compile(r"[^\w .()+-]|[\x00-\x1f\x7f]", re.ASCII)
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE | re.ASCII)
_LONGEST: Final = 120
_LONGEST_ENDING: Final = 12


def safe_name(name: str) -> str:
    """A name of at most 120 ASCII characters: no separator, no device, no dot or hyphen first.

    The ending is kept where it is a plain one, so that the file opens with the right program.
    """
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "replace").decode("ascii")
    cleaned = re.sub(r"\s+", " ", _UNSAFE.sub("_", folded)).lstrip(" .-").rstrip(" .")
    if not cleaned.strip("_ .") or _RESERVED.fullmatch(cleaned):
        cleaned = f"file_{cleaned}".rstrip("_ .")
    if len(cleaned) <= _LONGEST:
        return cleaned
    ending = PurePosixPath(cleaned).suffix
    if len(ending) > _LONGEST_ENDING:
        ending = ""
    return cleaned[: _LONGEST - len(ending)].rstrip(" .") + ending
