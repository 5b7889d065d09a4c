"""Looking into processes and folders for what must not be there (CHECKS T01, T03, T07).

A scan that finds nothing means something only if it could have found it: every helper here is used
with a positive control beside it.
"""

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

_LARGEST_MAP = 512 * 1024 * 1024


def spellings(needle: str) -> set[bytes]:
    """The forms in which ``needle`` could lie somewhere."""
    plain = needle.encode()
    forms = {
        plain,
        needle.encode("utf-16-le"),
        plain.hex().encode(),
        plain.hex().upper().encode(),
        quote(needle).encode(),
    }
    for offset in range(3):  # base64 looks different at each offset into its groups of three
        for encode in (b64encode, urlsafe_b64encode):
            coded = encode(bytes(offset) + plain)
            forms.add(coded[4 if offset else 0 : len(coded) // 4 * 4 - 4])
    return {form for form in forms if len(form) >= 6}


def found_in_folder(folder: Path, needles: Iterable[str]) -> set[str]:
    """The needles that some file below ``folder`` holds in some form, or in its name."""
    wanted = {needle: spellings(needle) for needle in needles}
    found = set()
    for path in folder.rglob("*"):
        content = str(path).encode() + (path.read_bytes() if path.is_file() else b"")
        found |= {name for name, forms in wanted.items() if any(each in content for each in forms)}
    return found


def found_in_memory(processes: Iterable[int], needles: Iterable[str]) -> set[str]:
    """The needles that the writable memory of some process holds in some form. Needs root."""
    wanted = {needle: spellings(needle) for needle in needles}
    found = set()
    for process in processes:
        for memory in writable_memory(process):
            found |= {
                name for name, forms in wanted.items() if any(each in memory for each in forms)
            }
    return found


def writable_memory(process: int) -> Iterator[bytes]:
    """Every writable mapping of a process. Raises ``AssertionError`` where none can be read."""
    readable = 0
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if match is None or "[vvar]" in line:
                continue
            start, end = (int(each, 16) for each in match.groups())
            try:
                memory.seek(start)
                content = memory.read(min(end - start, _LARGEST_MAP))
            except OSError:
                continue
            readable += len(content)
            yield content
    assert readable > 100_000, "nothing could be read, so nothing could have been found"
