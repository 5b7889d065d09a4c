"""Reading a form as it comes in: first its fields, then its files, none of it ever on a disk.

``request.post()`` would write every upload over a megabyte to a temporary file, in plain text.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from aiohttp import BodyPartReader, hdrs, web
from aiohttp.http import HttpProcessingError
from aiohttp.multipart import MultipartReader

from crypto.constants import KIB, MIB
from dropbox import limits
from dropbox.client.stream import Chunks
from dropbox.store.refused import Refused
from dropbox.wire import Fault

MOST_FIELDS: Final = 100
"""No form of ours has more."""
LARGEST_FIELDS: Final = 2 * MIB
"""Bytes of all fields of a form together: twice a payload, so that what is too long for one comes
back in its form, to be shortened."""
_READ: Final = 64 * KIB
_LENGTH: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_BROKEN: Final = (
    ValueError,
    AssertionError,
    RuntimeError,
    web.RequestPayloadError,
    HttpProcessingError,
)
"""What aiohttp raises for a form that was cut, or is none."""
_FORM: Final = re.compile(r"multipart/form-data; *boundary=[\"]?[0-9A-Za-z'()+_,./:=?-]{1,70}[\"]?")
_NAMES: Final = re.compile(r'form-data; *name="(?P<name>[^"]*)"(?:; *filename="(?P<file>[^"]*)")?')
"""As browsers write them, with ``%22`` for a quotation mark. aiohttp's own reading gives up on a
name with two semicolons, and drops backslashes."""


@dataclass(frozen=True)
class Fields:
    """The fields of a form: what was typed and chosen, by name, in its order."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "<Fields>"

    def text(self, name: str) -> str:
        """What was typed in a field, with single line ends; empty where there is nothing."""
        values = self.values.get(name, ())
        return values[0].replace("\r\n", "\n").replace("\r", "\n") if values else ""

    def line(self, name: str) -> str:
        """:meth:`text` without the space around it."""
        return self.text(name).strip()

    def chosen(self, name: str) -> tuple[str, ...]:
        """Everything that was chosen under a name."""
        return self.values.get(name, ())


@dataclass(frozen=True)
class Upload:
    """A file that comes in: the name the browser gives it, and its bytes, to be read once."""

    name: str = field(repr=False)
    chunks: Chunks = field(repr=False)


class Form:
    """A form on its way in. Its fields stand before its files, as the page has them."""

    def __init__(self, reader: MultipartReader, length: int) -> None:
        self._reader = reader
        self._next: BodyPartReader | None = None
        self._open: BodyPartReader | None = None
        self.length: Final = length
        """Bytes of the whole request body."""

    @classmethod
    def of(cls, request: web.BaseRequest, most: int) -> "Form":
        """The form of a request whose body has at most ``most`` bytes. Raises ``Refused``."""
        length = request.headers.get(hdrs.CONTENT_LENGTH, "")
        if hdrs.CONTENT_ENCODING in request.headers:
            raise Refused(Fault.ENCODED)
        if hdrs.TRANSFER_ENCODING in request.headers or not _LENGTH.fullmatch(length):
            raise Refused(Fault.MALFORMED)
        if int(length) > most:
            raise Refused(Fault.TOO_LARGE)
        if not _FORM.fullmatch(request.headers.get(hdrs.CONTENT_TYPE, "")):
            raise Refused(Fault.MALFORMED)
        return cls(MultipartReader(request.headers, request.content), int(length))

    async def fields(self) -> Fields:
        """Everything before the first file. Raises ``Refused``."""
        values: dict[str, tuple[str, ...]] = {}
        count = size = 0
        while (part := await self._part()) is not None:
            name, file = _names(part)
            if file is not None:
                break
            content = await _read_all(part, LARGEST_FIELDS - size)
            count, size = count + 1, size + len(content)
            if count > MOST_FIELDS:
                raise Refused(Fault.MALFORMED)
            values[name] = (*values.get(name, ()), _decode(content))
        self._next = part
        return Fields(values)

    async def files(self) -> AsyncIterator[Upload]:
        """The files behind the fields: each has to be read before the next. Raises ``Refused``.

        A browser sends an empty one where none was chosen; it is left out.
        """
        part, self._next = self._next, None
        while part is not None:
            self._open = part
            _, name = _names(part)
            if name is None:
                raise Refused(Fault.MALFORMED)  # a field behind a file is not of our pages
            if name:
                yield Upload(name, _chunks(part))
            await _lose(part)
            part = await self._part()

    async def drain(self) -> None:
        """Read what is left and keep nothing of it: a browser shows no answer before."""
        part, self._next = self._next or self._open, None
        while part is not None:
            await _lose(part)
            part = await self._part()

    async def _part(self) -> BodyPartReader | None:
        async with asyncio.timeout(limits.PATIENCE):
            try:
                part = await self._reader.next()
            except _BROKEN:
                raise Refused(Fault.MALFORMED) from None
        if part is None or isinstance(part, BodyPartReader):
            return part
        raise Refused(Fault.MALFORMED)  # a form in a form


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while not part.at_eof():
        async with asyncio.timeout(limits.PATIENCE):
            try:
                chunk = await part.read_chunk(_READ)
            except _BROKEN:
                raise Refused(Fault.MALFORMED) from None
        yield bytes(chunk)


async def _lose(part: BodyPartReader) -> None:
    async for _ in _chunks(part):
        pass


def _names(part: BodyPartReader) -> tuple[str, str | None]:
    """The name of a field, and that of the file in it, or ``None``. Raises ``Refused``."""
    match = _NAMES.fullmatch(part.headers.get(hdrs.CONTENT_DISPOSITION, ""))
    if match is None:
        raise Refused(Fault.MALFORMED)
    name, file = match.group("name", "file")
    return name, None if file is None else _readable(file)


def _readable(name: str) -> str:
    """A name whatever its bytes were: one that is no text must not lose a report."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


async def _read_all(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    async for chunk in _chunks(part):
        content += chunk
        if len(content) > most:
            raise Refused(Fault.TOO_LARGE)
    return bytes(content)


def _decode(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Refused(Fault.MALFORMED) from None
