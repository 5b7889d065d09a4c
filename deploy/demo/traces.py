"""What lies on the server's disk, for a person to look at."""

from base64 import b64encode
from pathlib import Path

_LEAST = 8
"""Letters of base64. There are millions of them on the disk, so that four are found at times."""


def disk_report(folder: Path, needles: list[str]) -> str:
    """Every file with its size, a stretch of sealed bytes, and how often each needle is found.

    The search first finds something that is there, so that finding nothing means something.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    contents = {path: path.read_bytes() for path in files}
    pages = [path for path in files if path.relative_to(folder).parts[0] == "site"]
    lines = [
        f"   {len(content):>10,} bytes  {path.relative_to(folder)}"
        for path, content in contents.items()
        if path not in pages
    ]
    size = sum(len(contents[path]) for path in pages)
    lines.append(f"   {size:>10,} bytes  site, the {len(pages)} files of the pages for everybody")
    everything = b"".join(contents.values())
    control = "CREATE TABLE"
    part = next((each for path, each in contents.items() if "parts" in path.parts), b"")
    middle = len(part) // 2
    found = [each for each in needles if count(everything, each)]
    lines += [
        "   a stretch of a file somebody attached:",
        *(f"   {part[at : at + 24].hex(' ')}" for at in range(middle, middle + 96, 24)),
        f'   "{control}", which is there, is found {count(everything, control)} times',
        f"   texts, file names, questions and words: {len(needles)} looked for, {len(found)} found",
        *(f"   FOUND: {each!r}" for each in found),
    ]
    return "\n".join(lines)


def count(haystack: bytes, needle: str) -> int:
    """How often ``needle`` is there as UTF-8, UTF-16 or hexadecimal, or its start in base64, where
    that is so long that it is there by no chance."""
    plain = needle.encode()
    forms = {plain, needle.encode("utf-16-le"), plain.hex().encode()}
    start = b64encode(plain)[:-4]
    forms |= {start} if len(start) >= _LEAST else set()
    return sum(map(haystack.count, forms))
