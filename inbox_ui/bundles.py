"""Bundles as files: a cover, then what is asked, or what was answered (docs/protocol.md §9).

``out`` goes from the workstation to the network: requests, in the order they are to be made.
``in`` comes back: answers, each beside the request it was given to. Nothing that is read here may
be used before the reading has come to its end: the signature is there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from crypto.bundle import HEAD, SEALED_CHUNK, Opener, Sealer
from crypto.constants import ID, LARGEST_INTEGER, Tag
from crypto.encoding import Bytes, Choice, Document, Integer, Text, member
from crypto.errors import (
    DoesNotOpen,
    NotCanonical,
    ProtocolError,
    UnknownVersion,
    WrongSignature,
)
from crypto.keys import Card, Keys
from crypto.primitives import H, RandomBytes
from dropbox.client.likeness import gist
from dropbox.wire import Role, pack, unpack
from inbox_ui import durable
from inbox_ui.errors import (
    AlreadyThere,
    DamagedBundle,
    ForeignBundle,
    ForgedBundle,
    NoBundle,
    NotABundle,
)

D = TypeVar("D", bound=Document)

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_OURS: Final = 0o600
_PATH: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/")
_SESSIONS: Final = frozenset({"/api/challenge", "/api/session"})


class Way(StrEnum):
    """Where a bundle goes."""

    OUT = "out"
    IN = "in"


class Method(StrEnum):
    """What may be asked for by a bundle."""

    GET = "GET"
    POST = "POST"


@dataclass(frozen=True)
class Cover(Document):
    """The first part of every bundle.

    ``counter`` numbers what the workstation sends; an answer has the number of what it answers.
    ``previous`` is the hash of the bundle before it on the way round: of an answer what it answers,
    of what is sent the newest that was imported, or zeros. ``origin`` is the server's.
    """

    way: Way = member(Choice(Way))
    service: bytes = member(Bytes(ID))
    analyst: bytes = member(Bytes(ID))
    courier: int = member(Integer(1, LARGEST_INTEGER))
    counter: int = member(Integer(1, LARGEST_INTEGER))
    previous: bytes = member(Bytes(ID))
    origin: str = member(Text(300))


@dataclass(frozen=True)
class Request(Document):
    """One request of the workstation. Its body is the parcel's blob."""

    role: Role = member(Choice(Role))
    method: Method = member(Choice(Method))
    path: str = member(Text(200))

    def check(self) -> None:
        """A route of the interface, and none that opens a session."""
        if not self.path.startswith("/api/") or self.path in _SESSIONS or set(self.path) - _PATH:
            raise NotCanonical


@dataclass(frozen=True)
class Reply(Document):
    """What the server answered to the request whose key is ``asked``; the body is the blob."""

    asked: bytes = member(Bytes(ID))
    path: str = member(Text(200))
    status: int = member(Integer(100, 599))


@dataclass(frozen=True)
class Asked:
    """A request and its body."""

    request: Request
    body: bytes = field(repr=False)

    @property
    def key(self) -> bytes:
        """32 bytes: the same for requests that do the same."""
        return H(Tag.ASKED, self.request.to_bytes(), gist(self.request.path, self.body))

    def to_bytes(self) -> bytes:
        """As a part of a bundle."""
        return pack(self.request.to_bytes(), [self.body])

    @classmethod
    def from_bytes(cls, part: bytes) -> "Asked":
        """Raises ``Malformed`` and its kind."""
        return cls(*_read(Request, part))


@dataclass(frozen=True)
class Answered:
    """A reply and its body."""

    reply: Reply
    body: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        """As a part of a bundle."""
        return pack(self.reply.to_bytes(), [self.body])

    @classmethod
    def from_bytes(cls, part: bytes) -> "Answered":
        """Raises ``Malformed`` and its kind."""
        return cls(*_read(Reply, part))


class Writing:
    """A bundle that is being written."""

    def __init__(self, file: BinaryIO, sealer: Sealer, cover: Cover) -> None:
        self._file = file
        self._sealer = sealer
        self._file.write(sealer.head)
        self.length = 0
        """Bytes of the parts so far."""
        self.add(cover)

    def add(self, part: Cover | Asked | Answered) -> None:
        """Write one more part."""
        data = part.to_bytes()
        self.length += len(data)
        self._file.write(self._sealer.add(data))

    def seal(self) -> bytes:
        """Sign and end it, and put it on the disk; its hash (32 bytes)."""
        end, digest = self._sealer.finish()
        self._file.write(end)
        self._file.flush()
        os.fsync(self._file.fileno())
        return digest


@contextmanager
def writing(
    goal: Path,
    ends: tuple[Keys, Card],
    cover: Cover,
    random_bytes: RandomBytes,
    *,
    replace: bool = False,
) -> Iterator[Writing]:
    """Write a bundle to ``goal``, mode 0600: it is there when it was sealed and this has ended.

    ``ends`` are who sends it and who it goes to. Raises ``AlreadyThere`` unless it may ``replace``
    a file, ``CannotWrite``, ``NoSpace``; then nothing is left of it.
    """
    if not replace and goal.exists():
        raise AlreadyThere(goal)
    new = durable.beside(goal)
    sender, recipient = ends
    sealer = Sealer(sender, recipient, cover.service, random_bytes)
    try:
        with durable.telling(goal), os.fdopen(os.open(new, _NEW, _OURS), "wb") as file:
            yield Writing(file, sealer, cover)
        with durable.telling(goal):
            if not replace:  # a stick's file system has no links to take a free name with
                os.close(os.open(goal, _NEW, _OURS))
            new.replace(goal)
            durable.sync_folder(goal.parent)
    finally:
        new.unlink(missing_ok=True)


class Reading:
    """A bundle that is being read. ``cover`` is not signed before :meth:`parts` has ended."""

    def __init__(self, file: BinaryIO, name: Path, opener: Opener) -> None:
        self._file = file
        self._name = name
        self._opener = opener
        self._parts = self._open()
        self.digest = b""
        """The bundle's hash, once all was read."""
        try:
            self.cover = Cover.from_bytes(next(self._parts))
        except (ProtocolError, StopIteration):
            raise DamagedBundle(name) from None

    def parts(self) -> Iterator[bytes]:
        """Every part behind the cover. Raises ``DamagedBundle`` or ``ForgedBundle`` at its end."""
        yield from self._parts

    def _open(self) -> Iterator[bytes]:
        chunk = self._file.read(SEALED_CHUNK)
        try:
            while chunk:
                following = self._file.read(SEALED_CHUNK)
                yield from self._opener.open(chunk, last=not following)
                chunk = following
            self.digest = self._opener.finish()
        except WrongSignature:
            raise ForgedBundle(self._name) from None
        except ProtocolError:
            raise DamagedBundle(self._name) from None
        except OSError:
            raise NoBundle(self._name) from None


@contextmanager
def reading(path: Path, recipient: Keys, sender: Card, service: bytes) -> Iterator[Reading]:
    """Read the bundle in ``path``, which goes to ``recipient`` and comes from ``sender``.

    Raises ``NoBundle``, ``NotABundle``, ``ForeignBundle`` for one that is not for us,
    ``DamagedBundle`` for one that was cut or changed.
    """
    try:
        file = path.open("rb")
    except OSError:
        raise NoBundle(path) from None
    with file:
        try:
            opener = Opener(file.read(HEAD), recipient, sender.sign, service)
        except UnknownVersion:
            raise NotABundle(path) from None
        except DoesNotOpen:
            raise ForeignBundle(path) from None
        except ProtocolError:
            raise DamagedBundle(path) from None
        except OSError:
            raise NoBundle(path) from None
        yield Reading(file, path, opener)


def read_asked(reading_of: Reading, name: Path) -> list[Asked]:
    """What is asked for, once all of it has been verified. Raises as :meth:`Reading.parts`."""
    parts = list(reading_of.parts())
    try:
        return [Asked.from_bytes(each) for each in parts]
    except ProtocolError:
        raise DamagedBundle(name) from None


def _read(kind: type[D], part: bytes) -> tuple[D, bytes]:
    document, blobs = unpack(part)
    if len(blobs) != 1:
        raise NotCanonical
    return kind.from_bytes(document), blobs[0]
