"""What the options name, read and checked before any connection is made."""

import getpass
import secrets
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from crypto.errors import OverLimit
from crypto.passphrase import Passphrase
from dropbox.client.http import HttpTransport, Proxy
from dropbox.client.origins import Origin
from dropbox.client.retry import Patience, Tell
from dropbox.client.source import Source
from dropbox.client.visit import Visit
from dropbox.client.wordlist import word_list
from dropbox.report import words
from dropbox.report.failures import BadText, BadWords, FolderMissing, NoTerminal

_LARGEST_TEXT: Final = 4 * 40_000 + 4
"""Bytes of the longest text a directory allows; one more is read to see that there is more."""
_LARGEST_WORDS: Final = 4096


@dataclass(frozen=True)
class Server:
    """A server and the way to it. ``root`` is the pinned fingerprint, 20 bytes."""

    origin: Origin
    root: bytes
    proxy: Proxy | None
    patience: Patience

    def visit(self, tell: Tell) -> Visit:
        """A visit there; nothing is opened yet."""
        return Visit(
            HttpTransport(self.origin, self.proxy),
            str(self.origin),
            self.root,
            random_bytes=secrets.token_bytes,
            today=today,
            patience=self.patience,
            tell=tell,
        )


def today() -> date:
    """The day, in UTC."""
    return datetime.now(UTC).date()


def read_text(name: str | None) -> str:
    """The text in the file ``name``, or typed or piped in for ``-``; none for no name.

    Line ends become ``\\n``; a byte order mark and empty lines at the end are left out. Raises
    ``BadText``, or ``OverLimit`` for more than any directory allows.
    """
    if name is None:
        return ""
    try:
        data = _read_bytes(name, _LARGEST_TEXT + 1)
        if len(data) > _LARGEST_TEXT:
            raise OverLimit
        text = data.decode("utf-8-sig")
    except (OSError, ValueError):
        raise BadText(name) from None
    if "\x00" in text:
        raise BadText(name)
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()


def _read_bytes(name: str, most: int) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(most)
    with Path(name).open("rb") as file:
        return file.read(most)


def read_words(file: Path | None) -> Passphrase:
    """The seven words from ``file``, or asked for without showing them.

    Raises ``UnknownWord``, ``WrongNumberOfWords``, ``BadWords`` or ``NoTerminal``.
    """
    if file is None:
        return word_list().read(_ask_words())
    try:
        text = _read_bytes(str(file), _LARGEST_WORDS).decode("utf-8-sig")
    except (OSError, ValueError):
        raise BadWords from None
    return word_list().read(text)


def _ask_words() -> str:
    """Ask at the terminal itself: stdin may be the text. Never with an echo."""
    try:
        Path("/dev/tty").open("rb").close()
    except OSError:
        raise NoTerminal from None
    return getpass.getpass(words.ASK_WORDS)


def new_words() -> Passphrase:
    """Seven words for a new mailbox."""
    return word_list().generate(secrets.token_bytes)


def open_sources(paths: Sequence[Path], stack: ExitStack) -> list[Source]:
    """The files to send, each open and of a kind that can be sent. Raises ``BadFile``."""
    return [stack.enter_context(Source(path)) for path in paths]


def use_folder(folder: Path | None) -> None:
    """Make ``folder`` (mode 0700) unless it is there. Raises ``FolderMissing``."""
    if folder is None:
        return
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        raise FolderMissing(folder) from None
