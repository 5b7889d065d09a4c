"""Which page follows, for those who fetch answers without looking at what is in them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from crypto.errors import ProtocolError
from dropbox.client.errors import WrongAnswer
from dropbox.client.listing import read_listing
from dropbox.wire import MARK, Marks

_FEED: Final = "/api/feed"
_CASE: Final = "/api/case/"
_PURGED: Final = "/api/purged"


def following(path: str, body: bytes) -> str | None:
    """The path that is asked behind ``path``, to which ``body`` was the answer; ``None`` if none.

    Behind the feed's empty page comes the page that begins one envelope before it: with that one a
    workstation begins the next time. Raises ``WrongAnswer`` for pages that do not go on.
    """
    head, _, last = path.rpartition("/")
    if head == _FEED or head.startswith(_CASE):
        entries = read_listing(body).entries
        if entries:
            return f"{head}/{_risen(entries[-1].position, int(last))}"
        return f"{head}/{int(last) - 1}" if head == _FEED and int(last) else None
    return _following_marks(last, body) if head == _PURGED else None


def _following_marks(start: str, body: bytes) -> str | None:
    try:
        marks = Marks.from_bytes(body).marks
    except ProtocolError:
        raise WrongAnswer from None
    if marks and marks[0] < urlsafe_b64decode(f"{start}=="):
        raise WrongAnswer
    following_mark = next_mark(marks[-1]) if marks else None
    return marks_path(following_mark) if following_mark is not None else None


def _risen(position: int, after: int) -> int:
    if position <= after:
        raise WrongAnswer
    return position


def marks_path(start: bytes) -> str:
    """Where the marks from ``start`` on are asked for."""
    return f"{_PURGED}/{id_name(start)}"


def next_mark(mark: bytes) -> bytes | None:
    """The first that there can be behind ``mark``; ``None`` behind the last."""
    number = int.from_bytes(mark) + 1
    return number.to_bytes(MARK) if number < 1 << 8 * MARK else None


def id_name(id_: bytes) -> str:
    """A file's id or a mark in a path: unpadded base64url, 43 or 22 characters."""
    return urlsafe_b64encode(id_).rstrip(b"=").decode("ascii")
