"""Everything that reads bytes from the network, and the only errors that may come out of it.

A *target* takes any bytes and returns, or raises something it did not declare: that is a bug.
``test_fuzz`` calls them with what Hypothesis invents; a coverage-guided fuzzer can call them too.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from crypto.certificates import Certificate, CertificateRole, read_certificate
from crypto.directory import Directory, read_directory
from crypto.encoding import Document, parse
from crypto.envelope import Envelope, Header
from crypto.errors import Forged, Malformed, NotCanonical, ProtocolError, Unfit
from crypto.groups import Erased, Grant, Receiving, named_grant, read_erased, read_receiving
from crypto.keys import Card
from crypto.roster import Roster, read_roster
from crypto.signed import split
from dropbox import wire
from dropbox.api.mailboxes import read_envelopes, read_submission
from dropbox.api.tokens import Tokens
from dropbox.client.directory import read_published
from dropbox.client.errors import WrongAnswer
from dropbox.client.listing import read_listing
from dropbox.store.refused import Refused
from tests.dropbox.papers import WIRE_DOCUMENTS

Target = Callable[[bytes], None]

TOKENS: Final = Tokens(bytes(32))
NOW: Final = 1_800_000_000
ROOT: Final = bytes(32)
ORIGIN: Final = "http://127.0.0.1:8700"


def _document(kind: type[Document]) -> Target:
    """A document is refused, or is exactly what it was read from."""

    def target(data: bytes) -> None:
        with suppress(Malformed):
            assert kind.from_bytes(data).to_bytes() == data

    return target


def _unpack(data: bytes) -> None:
    with suppress(NotCanonical):
        document, blobs = wire.unpack(data)
        assert wire.pack(document, blobs) == data


def _header(data: bytes) -> None:
    with suppress(Malformed):
        assert Header.from_bytes(data).to_bytes() == data


def _envelope(data: bytes) -> None:
    with suppress(Malformed):
        assert Envelope.from_bytes(data).to_bytes() == data


def _card(data: bytes) -> None:
    with suppress(Malformed):
        assert Card.from_bytes(data).to_bytes() == data


def _json(data: bytes) -> None:
    with suppress(Malformed):
        parse(data)


def _directory(data: bytes) -> None:
    with suppress(Malformed, Forged, Unfit):
        read_directory(data, ROOT)


def _published(data: bytes) -> None:
    with suppress(ProtocolError):
        read_published(data, ROOT, ORIGIN)


def _certificate(data: bytes) -> None:
    for role in CertificateRole:
        with suppress(Malformed, Forged, Unfit):
            read_certificate(data, role, ROOT, ROOT, ROOT)


def _text(data: bytes) -> str:
    """A header's value, as aiohttp gives it."""
    return data.decode("utf-8", "surrogateescape")


def _proof(data: bytes) -> None:
    text = _text(data)
    with suppress(NotCanonical):
        assert str(wire.Proof.read(text)) == text


def _token(read: Callable[[str, int], object]) -> Target:
    """A token that nobody signed is never taken."""

    def target(data: bytes) -> None:
        with suppress(Refused):
            read(_text(data), NOW)
            raise AssertionError("nobody has signed this")

    return target


def _submission(data: bytes) -> None:
    with suppress(Refused):
        read_submission(data)


def _listing(data: bytes) -> None:
    with suppress(WrongAnswer):
        read_listing(data)


def _parcel(kind: type[Document]) -> Target:
    """A parcel of the team's: its document is refused, or is what it was read from."""

    def target(data: bytes) -> None:
        with suppress(Malformed):
            packed, blobs = wire.unpack(data)
            assert wire.pack(kind.from_bytes(packed).to_bytes(), blobs) == data

    return target


def _assignment(data: bytes) -> None:
    with suppress(Malformed, Refused):
        packed, blobs = wire.unpack(data)
        read_envelopes(wire.Assignment.from_bytes(packed).places, blobs)


def _paper(read: Callable[[bytes], object]) -> Target:
    """A paper that nobody signed is never taken for one that somebody did."""

    def target(data: bytes) -> None:
        with suppress(ProtocolError):
            read(data)
            raise AssertionError("nobody has signed this")

    return target


def _grant(data: bytes) -> None:
    with suppress(Malformed):
        named_grant(data)


def _roster(data: bytes) -> None:
    with suppress(ProtocolError):
        assert read_roster(data, _directory_of_the_vectors()).to_bytes() == split(data)[1]


@cache
def _directory_of_the_vectors() -> Directory:
    """The one that their rosters are signed under."""
    for seed in seeds():
        with suppress(Malformed):
            return Directory.from_bytes(split(seed)[1])
    raise AssertionError("the vectors have no directory")


_PAPERS: Final = (Directory, Certificate, Roster, Receiving, Grant, Erased)

TARGETS: Final[dict[str, Target]] = {
    "parse": _json,
    "unpack": _unpack,
    "header": _header,
    "envelope": _envelope,
    "card": _card,
    "directory": _directory,
    "published": _published,
    "certificate": _certificate,
    "proof": _proof,
    "challenge-token": _token(TOKENS.read_challenge),
    "session-token": _token(TOKENS.read_session),
    "work-token": _token(TOKENS.read_work),
    "submission": _submission,
    "listing": _listing,
    "roster": _roster,
    "receiving": _paper(lambda data: read_receiving(data, ROOT, ROOT, ROOT)),
    "erased": _paper(lambda data: read_erased(data, ROOT, ROOT, ROOT)),
    "grant": _grant,
    "assignment": _assignment,
    "rewrapping": _parcel(wire.Rewrapping),
    "grants": _parcel(wire.Grants),
    "papers": _parcel(wire.Papers),
    **{
        kind.__name__: _document(kind)
        for kind in (*WIRE_DOCUMENTS, Directory, Certificate, Roster, Receiving, Grant, Erased)
    },
}

_VECTORS: Final = Path(__file__).parents[1] / "vectors"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def seeds() -> Iterator[bytes]:
    """What the vectors hold: every string as it is, and the bytes it may stand for."""
    for path in sorted(_VECTORS.glob("*.json")):
        for text in _strings(json.loads(path.read_text("utf-8"))):
            yield text.encode("utf-8", "surrogatepass")
            with suppress(ValueError):
                yield bytes.fromhex(text)
            with suppress(ValueError):
                yield urlsafe_b64decode(text + "=" * (-len(text) % 4))
    yield TOKENS.make_challenge(NOW).encode()[:-1]
    page = wire.Page(None, (), False).to_bytes()
    yield wire.pack(page, [])
    yield wire.pack(wire.Submission((wire.Place((ROOT,), (), None),)).to_bytes(), [b"x", b"y"])
    yield wire.FileStart(ROOT, 1).to_bytes()
    yield wire.FileState(3, (0, 2)).to_bytes()
    yield wire.WorkRequest(wire.Purpose.FILE).to_bytes()
    yield str(wire.Proof("a.b", 7, ROOT)).encode()
