"""E-mail as it is saved (RFC 5322): its fields, its words, and what is attached, by name.

What is written for a browser is shown as its source, and nothing of it is loaded.
"""

import email.errors
import email.header
import email.policy
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from typing import BinaryIO, Final

from inbox_ui.preview import limits
from inbox_ui.preview.readers.texts import decode
from inbox_ui.preview.saying import Say
from inbox_ui.preview.sight import Listed, Note, Part

_MOST_FIELDS: Final = 100
_MOST_PARTS: Final = 200
_LARGEST: Final = 16 * limits.MIB


def show(file: BinaryIO, say: Say) -> None:
    """The fields as they are, the plain text, the source of what is marked up, and the names."""
    file.seek(0)
    message = BytesParser(policy=email.policy.compat32).parsebytes(file.read(_LARGEST))
    if file.read(1):
        say.note(Note.CUT)
    fields = list(message.raw_items())[:_MOST_FIELDS]
    say.text(Part.HEADERS, "\n".join(f"{name}: {_plain(value)}" for name, value in fields))
    for part in _parts(message):
        name = part.get_filename()
        kind = part.get_content_type()
        if name is not None or not kind.startswith("text/"):
            say.name(Listed.ATTACHMENT, f"{_plain(name or '')} ({kind})")
        else:
            source = kind != "text/plain"
            say.text(Part.SOURCE if source else Part.BODY, _words(part))
            if source:
                say.note(Note.NOT_SHOWN)


def _parts(message: Message) -> Iterator[Message]:
    for count, part in enumerate(message.walk()):
        if count == _MOST_PARTS:
            return
        if not part.is_multipart():
            yield part


def _words(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    return decode(data[: 4 * limits.CHARACTERS], str(part.get_content_charset("") or "")).text


def _plain(value: object) -> str:
    """A field as a person reads it, or as it stands where it is not what it should be."""
    written = " ".join(str(value).split())
    try:
        pieces = email.header.decode_header(written)
    except (email.errors.HeaderParseError, ValueError):
        return written
    return "".join(
        each if isinstance(each, str) else decode(each, said or "").text for each, said in pieces
    )
