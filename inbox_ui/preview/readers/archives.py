"""Archives, and office files, which are archives too: listed by the names in them, never unpacked.

Only the parts of an office file that are XML are read, for what they do and where they lead.
"""

import re
import struct
import zipfile
from typing import BinaryIO, Final

from inbox_ui.preview import limits
from inbox_ui.preview.readers import office
from inbox_ui.preview.saying import Say
from inbox_ui.preview.sight import Kind, Listed, Note

_HEADER: Final = 30
"""Bytes before each member, at least."""
_OUTSIDE: Final = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\x00")
_PROGRAMS: Final = re.compile(
    r"\.(?:exe|com|scr|pif|dll|cpl|msi|msix|appx?|bat|cmd|ps1|psm1|vb|vbs|vbe|js|jse|mjs|ws|wsf|wsh|"
    r"wsc|sct|hta|html?|svgz?|mht|mhtml|chm|lnk|url|desktop|scf|inf|reg|jar|jnlp|class|apk|"
    r"dex|deb|rpm|run|sh|command|py|pyw|pl|rb|php|so|dylib|docm|dotm|xlsm|xltm|xlam|xll|pptm|ppam)$",
    re.I,
)
_NESTED: Final = re.compile(
    r"\.(?:zip|rar|7z|gz|tgz|bz2|tbz2?|xz|txz|zst|lzma|tar|cab|arj|ace|lzh|iso|img|vhdx?|dmg|wim)$",
    re.I,
)
_LOCAL: Final = struct.Struct("<6xH10xII4x")
"""What stands before a member: flags, and its size packed and plain."""
_TOLD_LATER, _LARGE = 8, 0xFFFFFFFF
_PACKING: Final = 1024
_MOST_LOOKED_AT: Final = 10_000


def show(file: BinaryIO, say: Say) -> None:
    """What is in it, by name, and what there is to mind."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        office_file = office.is_office([each.filename for each in members])
        say.note(Note.LISTED)
        if office_file:
            say.kind(Kind.OFFICE)
        _show_sizes(members, say)
        _show_names(members, say)
        if any(_lies(file, each) for each in members[:_MOST_LOOKED_AT]):
            say.note(Note.LIES)
        if office_file:
            office.show(archive, members, say)


def _show_names(members: list[zipfile.ZipInfo], say: Say) -> None:
    for each in members[: limits.MEMBERS + 1]:
        say.name(Listed.MEMBER, f"{each.orig_filename} ({each.file_size:,} bytes)")
    names = [each.filename.rstrip(". ") for each in members]
    if any(_PROGRAMS.search(each) for each in names):
        say.note(Note.PROGRAMS)
    if any(_NESTED.search(each) for each in names):
        say.note(Note.NESTED)
    if any(_OUTSIDE.search(each.orig_filename) or _is_link(each) for each in members):
        say.note(Note.OUTSIDE)
    if any(each.flag_bits & 1 for each in members):
        say.note(Note.LOCKED_MEMBERS)


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


def _lies(file: BinaryIO, member: zipfile.ZipInfo) -> bool:
    """Whether its sizes cannot be true: more packed than plain, or not what stands before it."""
    if member.compress_size > member.file_size + member.file_size // 10 + _PACKING:
        return True
    file.seek(member.header_offset)
    head = file.read(_HEADER)
    if len(head) < _HEADER:
        return True
    flags, packed, plain = _LOCAL.unpack(head)
    told_later, large = flags & _TOLD_LATER, _LARGE in (packed, plain)
    return not (told_later or large or (packed, plain) == (member.compress_size, member.file_size))


def _is_link(member: zipfile.ZipInfo) -> bool:
    """Whether it would be a symbolic link (the upper half of its attributes is a Unix mode)."""
    return (member.external_attr >> 16) & 0o170000 == 0o120000
