"""Archives, and office files, which are archives too: listed by the names in them, never unpacked.

Only the small parts of an office file that say where it leads are read, a MiB of each at most.
"""

import re
import zipfile
from typing import BinaryIO, Final

from inbox_ui.preview import limits
from inbox_ui.preview.saying import Say
from inbox_ui.preview.sight import Kind, Listed, Note

_MOST_PARTS: Final = 100
_HEADER: Final = 30
"""Bytes before each member, at least."""
_OUTSIDE: Final = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\x00")
_MACROS: Final = re.compile(r"vbaProject\.bin$|vbaData\.xml$|^Basic/|^Scripts/|macrosheets/", re.I)
_EMBEDDED: Final = re.compile(r"/embeddings/|/activeX/|^Object |^ObjectReplacements/", re.I)
_LEADING: Final = re.compile(r"\.rels$|^content\.xml$|^styles\.xml$", re.I)
_TARGETS: Final = (
    re.compile(rb"""<Relationship\b(?=[^>]*TargetMode\s*=\s*["']External)[^>]*?\bTarget\s*=\s*["']"""
               rb"""([^"'<>]{1,2000})["']"""),
    re.compile(rb"""xlink:href\s*=\s*["']((?:[a-z]+:|\\\\|//)[^"'<>]{1,2000})["']""", re.I),
)  # fmt: skip
_OLD_MACROS: Final = ("_VBA_PROJECT".encode("utf-16-le"), b"Attribut\0e VB_")
_OLD_EMBEDDED: Final = "Ole10Native".encode("utf-16-le")


def show(file: BinaryIO, say: Say) -> None:
    """What is in it, by name, and what there is to mind."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        names = [each.filename for each in members]
        say.note(Note.LISTED)
        if "[Content_Types].xml" in names or "mimetype" in names[:1]:
            say.kind(Kind.OFFICE)
            _show_office(archive, members, say)
        _show_sizes(members, say)
        for each in members[: limits.MEMBERS + 1]:
            say.name(Listed.MEMBER, f"{each.orig_filename} ({each.file_size:,} bytes)")
        if any(_OUTSIDE.search(each.orig_filename) or _is_link(each) for each in members):
            say.note(Note.OUTSIDE)
        if any(each.flag_bits & 1 for each in members):
            say.note(Note.LOCKED_MEMBERS)


def show_old(file: BinaryIO, say: Say) -> None:
    """An office file of the old kind: nothing of it is shown, but macros are named."""
    say.note(Note.NO_READER)
    file.seek(0)
    data = file.read(limits.LARGEST)
    if any(each in data for each in _OLD_MACROS):
        say.note(Note.MACROS)
    if _OLD_EMBEDDED in data:
        say.note(Note.EMBEDDED)


def _show_sizes(members: list[zipfile.ZipInfo], say: Say) -> None:
    """By what the archive says of itself. That it can lie is one more reason to unpack nothing."""
    packed = sum(each.compress_size for each in members)
    plain = sum(each.file_size for each in members)
    if plain > limits.BOMB and plain > limits.RATIO * max(packed, 1):
        say.note(Note.BOMB, f"{plain:,}")
    end = 0
    for each in sorted(members, key=lambda member: member.header_offset):
        if each.header_offset < end:
            say.note(Note.OVERLAP)
        end = max(end, each.header_offset + _HEADER + each.compress_size)


def _show_office(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], say: Say) -> None:
    names = [each.filename for each in members]
    if any(_MACROS.search(each) for each in names):
        say.note(Note.MACROS)
    if any(_EMBEDDED.search(each) for each in names):
        say.note(Note.EMBEDDED)
    leading = [each for each in members if _LEADING.search(each.filename)]
    for each in leading[:_MOST_PARTS]:
        with archive.open(each) as part:
            source = part.read(limits.PART)
        for pattern in _TARGETS:
            for target in pattern.findall(source):
                say.note(Note.LEADS_OUT)
                say.name(Listed.LINK, target.decode("utf-8", "replace"))


def _is_link(member: zipfile.ZipInfo) -> bool:
    """Whether it would be a symbolic link (the upper half of its attributes is a Unix mode)."""
    return (member.external_attr >> 16) & 0o170000 == 0o120000
