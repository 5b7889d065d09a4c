"""A message of e-mail as it is saved (RFC 5322): who sent it, who got it, and on which way."""

import re
from typing import Final

from dropbox.client.metadata.findings import Findings, Kind

_HEADER: Final = re.compile(r"[!-9;-~]{1,70}:")
_USUAL: Final = re.compile(
    r"^(?:from|to|date|subject|message-id|received|mime-version|return-path):", re.I | re.M
)
_MOST_FIELDS: Final = 200
_NAMES: Final = {
    "from": Kind.PEOPLE,
    "to": Kind.PEOPLE,
    "cc": Kind.PEOPLE,
    "bcc": Kind.PEOPLE,
    "sender": Kind.PEOPLE,
    "reply-to": Kind.PEOPLE,
    "delivered-to": Kind.PEOPLE,
    "x-original-to": Kind.PEOPLE,
    "return-path": Kind.PEOPLE,
    "received": Kind.NETWORK,
    "x-originating-ip": Kind.NETWORK,
    "x-sender-ip": Kind.NETWORK,
    "x-mailer": Kind.SOFTWARE,
    "user-agent": Kind.SOFTWARE,
    "date": Kind.DATE,
    "message-id": Kind.IDENTIFIER,
}


def is_mail(head: bytes) -> bool:
    """Whether a text begins with the fields of a message: three of the usual ones at least."""
    fields = _fields(head)
    usual = {each.lower() for each in _USUAL.findall(fields)}
    return bool(_HEADER.match(fields)) and len(usual) >= 3


def read_mail(head: bytes, found: Findings) -> None:
    """Note what the fields of a message say."""
    for line in _fields(head).split("\n")[:_MOST_FIELDS]:
        name, _, value = line.partition(":")
        if kind := _NAMES.get(name.lower()):
            found.add_each(kind, [value])


def _fields(head: bytes) -> str:
    """The lines before the first empty one, each field on one line."""
    lines = head.decode("latin-1").replace("\r\n", "\n").lstrip("\n")
    return re.sub(r"\n[ \t]+", " ", lines.split("\n\n", 1)[0])
