"""XML as it is read by what opens it: in any encoding and with any prefix, and never with a DTD."""

from collections.abc import Callable, Iterable
from typing import Final
from xml.parsers import expat  # reads no entity and no DTD: `_refuse`

Began = Callable[[str, dict[str, str]], None]
Words = Callable[[str], None]
_WRONG: Final = (expat.ExpatError, LookupError, UnicodeError, ValueError)


class NotRead(Exception):
    """No XML, or more than a document of an office program has in it. What came before was read."""


def read(pieces: Iterable[bytes], began: Began, words: Words) -> None:
    """Tell each element, by its name without a prefix in small letters, its attributes likewise.

    ``words``: the text after an element has begun. Raises ``NotRead``.
    """

    def start(name: str, attributes: dict[str, str]) -> None:
        began(_bare(name), {_bare(each): value for each, value in attributes.items()})

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.CharacterDataHandler = words
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for each in pieces:
            parser.Parse(each)
        parser.Parse(b"", True)
    except _WRONG:
        raise NotRead from None


def _bare(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _refuse(*_: object) -> None:
    raise NotRead
