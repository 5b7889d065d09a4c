"""What a form of ours holds. One that is not of the form a browser sends is refused."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl

from aiohttp import web

from crypto.roster import MEMBERS
from inbox_ui.pages import words
from inbox_ui.pages.answers import Failed
from inbox_ui.words import Explained

LARGEST = 1024 * 1024
"""Bytes of a form: the longest text, each character of it percent-encoded four times."""
_MOST_FIELDS = MEMBERS + 20
"""A box for each colleague, and what else a form has."""
_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Form:
    """The fields of a form. A field that is not there is empty."""

    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def text(self, name: str) -> str:
        """A field's text. Line ends are ``\\n``; at its end there are none, and no spaces."""
        value = dict(self.fields).get(name, "")
        return value.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").rstrip()

    def line(self, name: str) -> str:
        """A field of one line, without spaces around it."""
        return self.text(name).strip()

    def number(self, name: str) -> int:
        """A field that holds a number of ours, or −1."""
        value = self.line(name)
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else -1

    def chosen(self, name: str) -> frozenset[str]:
        """The values of all boxes of this name that are ticked."""
        return frozenset(value for key, value in self.fields if key == name)

    def day(self, name: str) -> date | None:
        """A field that holds a day, ``YYYY-MM-DD``, or ``None``."""
        typed = self.line(name)
        try:
            found = date.fromisoformat(typed)
        except ValueError:
            return None
        return found if str(found) == typed else None

    def whole_path(self, name: str) -> Path | None:
        """A field that holds a whole path on this machine, or ``None``."""
        typed = self.line(name)
        return Path(typed) if typed.startswith("/") and typed.isprintable() else None

    def secret(self, name: str) -> str:
        """A field exactly as it was typed."""
        return dict(self.fields).get(name, "")


async def read_form(request: web.Request) -> Form:
    """The form a request brings. Raises ``Failed`` for anything else than a form."""
    if request.content_type != _TYPE or "Content-Encoding" in request.headers:
        raise Failed(415, Explained(words.NO_FORM, words.GO_BACK))
    try:
        body = await request.read()
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except web.HTTPRequestEntityTooLarge:
        raise Failed(413, Explained(words.TOO_MUCH, words.GO_BACK)) from None
    except ValueError:
        raise Failed(400, Explained(words.NO_FORM, words.GO_BACK)) from None
    return Form(tuple(fields))
