"""What client and server say to each other over HTTP: routes, statuses and message bodies.

A request or answer body is either one document (the strict JSON of ``crypto.encoding``), raw bytes
(a signed directory, a file part), or a *parcel*: a document with blobs behind it,

    len32(document) ‖ document ‖ len32(blob 0) ‖ blob 0 ‖ len32(blob 1) ‖ …      (little-endian)

so that envelopes and wraps travel as the bytes they are. Nothing here is trusted by anybody:
what matters is signed inside the envelopes.
"""

import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import blake2b
from itertools import pairwise
from typing import Final, Self

from crypto.constants import (
    ED25519_KEY,
    HEADER,
    ID,
    KIB,
    LARGEST_BODY,
    LARGEST_INTEGER,
    MIB,
    PART,
    SEALED_PART_OVERHEAD,
    SIGNATURE,
    WRAP,
)
from crypto.documents import HANDLERS
from crypto.encoding import (
    Bytes,
    Choice,
    Day,
    Document,
    Flag,
    Inner,
    Integer,
    List,
    Nullable,
    SortedSet,
    Text,
    member,
)
from crypto.envelope import LARGEST_SEQ, Chain
from crypto.errors import NotCanonical

SESSION_HEADER: Final = "Dropbox-Session"
"""Carries the session token. A header and no cookie: a page elsewhere cannot send it."""
KEEP_HEADER: Final = "Dropbox-Keep"
"""Our own programs send ``1`` to keep a connection; every other answer closes its connection."""
WORK_HEADER: Final = "Dropbox-Work"
"""Carries a proof of work: ``token counter subject``, with one space between (:class:`Proof`)."""
CARRY_HEADER: Final = "Dropbox-Carry"
"""Comes as ``1`` with what a courier asks for an archive elsewhere: nothing is in it yet."""
WAIT_HEADER: Final = "Retry-After"
"""Comes with a refusal that passes: seconds, coarse, after which to try again."""
LONGEST_WAIT: Final = 3600
"""The most seconds that :data:`WAIT_HEADER` names."""

FILES_PER_ENVELOPE: Final = 20
DELETIONS_PER_REQUEST: Final = 256
"""So many fit into a small body; who deletes more asks again."""
WRAPS_PER_ENVELOPE: Final = 8
LARGEST_PART: Final = PART + SEALED_PART_OVERHEAD
LARGEST_PARTS: Final = 2 * 1024 + 256
"""Parts of a file of 2 GiB once padded (PADMÉ adds at most 12 %), rounded up."""
LARGEST_SMALL: Final = 64 * KIB
"""Bodies that hold one small document."""
LARGEST_DIRECTORY: Final = MIB
LARGEST_SUBMISSION: Final = 2 * (HEADER + LARGEST_BODY + WRAPS_PER_ENVELOPE * WRAP) + LARGEST_SMALL
PAGE_BYTES: Final = 4 * MIB
"""A page of a listing ends with the first entry that takes it past this."""
LARGEST_PAGE: Final = PAGE_BYTES + LARGEST_SUBMISSION
PAPERS: Final = 1000
"""Signed documents of one parcel."""
WRAPS_PER_REQUEST: Final = 1000
LARGEST_WRAPS: Final = 2 * MIB
"""Bytes of a parcel of wraps or of grants: 1,188 for each wrap, some 1,500 for a grant, and their
places."""
PURGED_CHAINS: Final = frozenset({int(Chain.REPORTER), int(Chain.CASE)})
"""Those in which somebody may say, at any time, that a case is to be kept."""
PURGE_DAYS: Final = 7
"""So long somebody has to have been a handler of a case before she may purge it: a stolen session
lasts for minutes, and her colleagues see an assignment that they did not make."""
AHEAD: Final = timedelta(days=1)
"""So far a directory or roster may be of a day that has not come for the server: another part of
the world, and a clock that is a little fast."""
MARK: Final = 16
"""Bytes of what is left of a purged mailbox: a hash of its address (docs/protocol.md §9)."""
MARKS_PER_PAGE: Final = 10_000
LARGEST_MARKS: Final = 256 * KIB
"""Bytes of a page of marks, which takes 25 for each."""
MOST_MARKS: Final = 1_000_000
"""Nobody takes another's word for more than this, all in all: no honest team has so many."""


class Fault(StrEnum):
    """Why a request was refused. Each has one HTTP status and one fixed sentence."""

    MALFORMED = "malformed"
    NO_SESSION = "no-session"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    OTHER_GROUP = "other-group"
    PLACE_TAKEN = "place-taken"
    TOO_LARGE = "too-large"
    ENCODED = "encoded"
    FILES_DIFFER = "files-differ"
    EXPIRED_DIRECTORY = "expired-directory"
    TOO_EARLY = "too-early"
    TOO_MANY_UNREAD = "too-many-unread"
    WORK_NEEDED = "work-needed"
    MISLED = "misled"
    FULL = "full"
    BUSY = "busy"
    FAILED = "failed"


FAULTS: Final[dict[Fault, tuple[int, str]]] = {
    Fault.MALFORMED: (400, "The request is not of this interface."),
    Fault.NO_SESSION: (401, "There is no session, or it has ended. Log in again."),
    Fault.REFUSED: (403, "This session may not do that."),
    Fault.UNKNOWN: (404, "There is nothing here."),
    Fault.OTHER_GROUP: (409, "This mailbox now uses another key. Fetch the directory again."),
    Fault.PLACE_TAKEN: (
        412,
        "This place is taken, or the one before it is missing, or the mailbox is gone.",
    ),
    Fault.TOO_LARGE: (413, "This is larger than the server takes."),
    Fault.ENCODED: (415, "A compressed or encoded body is not taken."),
    Fault.FILES_DIFFER: (422, "The files do not match what was said of them."),
    Fault.EXPIRED_DIRECTORY: (423, "The team's directory has expired. No new report is taken."),
    Fault.MISLED: (421, "This does not belong on a connection that is kept."),
    Fault.TOO_EARLY: (425, "This has its time, and it has not come yet. Try again in some days."),
    Fault.TOO_MANY_UNREAD: (429, "The team has not read your last messages yet. Try again later."),
    Fault.WORK_NEEDED: (
        428,
        "The server is busy. Ask for work, and send this again with its proof.",
    ),
    Fault.FULL: (507, "The server is full. Nothing was stored; what is stored can be read."),
    Fault.BUSY: (503, "The server is busy. Nothing was stored. Try again in a moment."),
    Fault.FAILED: (500, "The server failed. Nothing was confirmed."),
}


class Role(StrEnum):
    """Who a session belongs to."""

    MAILBOX = "mailbox"
    ANALYST = "analyst"
    PUBLISHER = "publisher"


@dataclass(frozen=True)
class Refusal(Document):
    """The body of every answer that is not a success."""

    fault: Fault = member(Choice(Fault))
    sentence: str = member(Text(200))


@dataclass(frozen=True)
class Challenge(Document):
    """``POST /api/challenge``: to be signed within 60 seconds, once."""

    challenge: str = member(Text(1024))


@dataclass(frozen=True)
class Login(Document):
    """``POST /api/session``: the answer to a challenge (docs/protocol.md §9).

    ``keys`` is the inner hash of the card, so the server computes the address and learns no key but
    ``auth``. ``certificate`` is an analyst's or publisher's signed certificate, else ``None``.
    """

    auth: bytes = member(Bytes(ED25519_KEY))
    keys: bytes = member(Bytes(ID))
    challenge: str = member(Text(1024))
    origin: str = member(Text(300))
    signature: bytes = member(Bytes(SIGNATURE))
    certificate: bytes | None = member(Nullable(Bytes(most=4 * KIB)))


@dataclass(frozen=True)
class Session(Document):
    """The answer to a log-in: a token for :data:`SESSION_HEADER`, good for 15 minutes."""

    session: str = member(Text(1024))
    role: Role = member(Choice(Role))

    def __repr__(self) -> str:
        return "<Session>"


class Purpose(StrEnum):
    """What a proof of work is for. Its subject is the address, or the file's id."""

    REPORT = "report"
    FILE = "file"


@dataclass(frozen=True)
class WorkRequest(Document):
    """``POST /api/work``: asks for a token after a ``work-needed``."""

    purpose: Purpose = member(Choice(Purpose))


@dataclass(frozen=True)
class Work(Document):
    """The answer: a token, and the zero bits a proof with it has to have (``crypto.work``).

    0 bits: nobody has to work now, and no proof is sent.
    """

    token: str = member(Text(1024))
    difficulty: int = member(Integer(0, 256))


_PROOF = re.compile(
    r"([A-Za-z0-9._-]{1,1024}) (0|[1-9][0-9]{0,15}) ([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])", re.ASCII
)
"""The last character of 32 bytes in base64url holds four bits, so there are 16 of them."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The value of :data:`WORK_HEADER`: the token as it was given, the counter, the subject."""

    token: str
    counter: int
    subject: bytes

    def __str__(self) -> str:
        """As it is sent."""
        subject = urlsafe_b64encode(self.subject).decode("ascii").rstrip("=")
        return f"{self.token} {self.counter} {subject}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The proof in ``text``, which has one spelling. Raises ``NotCanonical``."""
        match = _PROOF.fullmatch(text)
        if match is None:
            raise NotCanonical
        counter = int(match[2])
        if counter > LARGEST_INTEGER:
            raise NotCanonical
        return cls(match[1], counter, urlsafe_b64decode(match[3] + "="))


@dataclass(frozen=True)
class FileClaim(Document):
    """What an envelope's sender says of one of its files: compared with the parts held."""

    file: bytes = member(Bytes(ID))
    parts: int = member(Integer(1, LARGEST_PARTS))
    hash: bytes = member(Bytes(ID))


@dataclass(frozen=True)
class Place(Document):
    """One envelope of a submission. Its bytes and wraps are the parcel's blobs, in this order.

    ``recipients`` are the card ids its wraps are for; ``use`` is the case group that signed a
    ``team`` envelope and ``None`` everywhere else.
    """

    recipients: tuple[bytes, ...] = member(List(Bytes(ID), WRAPS_PER_ENVELOPE))
    files: tuple[FileClaim, ...] = member(List(Inner(FileClaim), FILES_PER_ENVELOPE))
    use: bytes | None = member(Nullable(Bytes(ID)))


@dataclass(frozen=True)
class Submission(Document):
    """``POST /api/envelopes``, the document of a parcel: all places are stored, or none.

    ``POST /api/closing`` takes the same with the one envelope that closes the caller's mailbox.

    The blobs behind it are, for each place, ``header ‖ body`` and then one wrap per recipient.
    """

    places: tuple[Place, ...] = member(List(Inner(Place), 2))

    def check(self) -> None:
        """At least one place."""
        if not self.places:
            raise NotCanonical


@dataclass(frozen=True)
class Receipt(Document):
    """The answer to a submission, given only after the commit is on the disk."""

    ids: tuple[bytes, ...] = member(List(Bytes(ID), 2))
    day: date = member(Day())


@dataclass(frozen=True)
class Deletion(Document):
    """One envelope of the caller's ``team`` chain: its place, its id, and the mailbox's signature
    over the deletion, which the server cannot verify and keeps for those who can."""

    seq: int = member(Integer(0, LARGEST_SEQ))
    id: bytes = member(Bytes(ID))
    signature: bytes = member(Bytes(SIGNATURE))


@dataclass(frozen=True)
class Deletions(Document):
    """``POST /api/deletions``: all of them are deleted, or none. Asking again changes nothing."""

    deletions: tuple[Deletion, ...] = member(List(Inner(Deletion), DELETIONS_PER_REQUEST))

    def check(self) -> None:
        """At least one; places rise."""
        seqs = [each.seq for each in self.deletions]
        if not seqs or any(one >= next_ for one, next_ in pairwise(seqs)):
            raise NotCanonical


@dataclass(frozen=True)
class Assignment(Document):
    """``POST /api/assignments``, the document of a parcel: a ``handover`` and its ``assigned``.

    Both are stored, and from then on the mailbox is given to ``handlers`` (analysts' card ids)
    alone, or nothing. The blobs are those of a :class:`Submission`.
    """

    places: tuple[Place, ...] = member(List(Inner(Place), 2))
    handlers: tuple[bytes, ...] = member(SortedSet(Bytes(ID), HANDLERS))

    def check(self) -> None:
        """Both, and somebody."""
        if len(self.places) != 2 or not self.handlers:
            raise NotCanonical


@dataclass(frozen=True)
class Papers(Document):
    """So many signed documents, each a blob of the parcel: ``GET /api/receiving`` (the newest of
    every analyst who may be granted to), ``GET /api/erased``."""

    count: int = member(Integer(0, PAPERS))


@dataclass(frozen=True)
class Grants(Document):
    """Signed grants, each a blob of the parcel, and the mailbox of each that is a case group's.

    ``POST /api/grants``: the caller's to others. ``GET /api/grants``: those to the caller, the
    oldest first.
    """

    mailboxes: tuple[bytes | None, ...] = member(List(Nullable(Bytes(ID)), PAPERS))


@dataclass(frozen=True)
class Opened(Document):
    """``POST /api/grants/opened``: the caller has these groups' secrets; the grants are deleted."""

    groups: tuple[bytes, ...] = member(SortedSet(Bytes(ID), PAPERS))


@dataclass(frozen=True)
class Spot(Document):
    """One envelope of a mailbox by its place, and its id."""

    chain: int = member(Integer(1, 3))
    seq: int = member(Integer(0, LARGEST_SEQ))
    id: bytes = member(Bytes(ID))


@dataclass(frozen=True)
class Rewrapping(Document):
    """``POST /api/wraps``, the document of a parcel: a wrap (a blob each) to ``recipient``, the
    group that has the mailbox, for some of its envelopes. One that is there already stays."""

    mailbox: bytes = member(Bytes(ID))
    recipient: bytes = member(Bytes(ID))
    envelopes: tuple[Spot, ...] = member(List(Inner(Spot), WRAPS_PER_REQUEST))


@dataclass(frozen=True)
class Unwrapping(Document):
    """``POST /api/unwrapping``: delete the wraps to ``recipient``, which has the mailbox no more,
    wherever there is one to the group that has it."""

    mailbox: bytes = member(Bytes(ID))
    recipient: bytes = member(Bytes(ID))


@dataclass(frozen=True)
class Purging(Document):
    """``POST /api/purging``: delete all there is of a mailbox the caller handles, but its mark.

    ``seen`` is the last place of ``reporter`` and of ``case`` that the caller knows, each where
    there is any: what came after it may be a message, or a hold.
    """

    mailbox: bytes = member(Bytes(ID))
    seen: tuple[Spot, ...] = member(List(Inner(Spot), len(PURGED_CHAINS)))

    def check(self) -> None:
        """Chains rise; none but these two."""
        chains = [each.chain for each in self.seen]
        if chains != sorted(set(chains) & PURGED_CHAINS):
            raise NotCanonical


@dataclass(frozen=True)
class FileStart(Document):
    """``POST /api/files``: room for a file that an envelope will name within the hour."""

    file: bytes = member(Bytes(ID))
    parts: int = member(Integer(1, LARGEST_PARTS))


@dataclass(frozen=True)
class FileState(Document):
    """``GET /api/files/{file}``: the parts the server holds, so that sending goes on there."""

    parts: int = member(Integer(1, LARGEST_PARTS))
    held: tuple[int, ...] = member(SortedSet(Integer(0, LARGEST_PARTS - 1), LARGEST_PARTS))


@dataclass(frozen=True)
class Entry(Document):
    """One envelope of a listing. Its blobs are the header, the body and the wrap, where present.

    ``body_hash`` stands for a body that was deleted or is not shown to this caller. ``position``
    is the server's commit order (0 where the caller has no use for it); what the mailbox deletes
    gets a new one, so that whoever has fetched it is told. ``deleted`` is the mailbox's signature
    over the deletion.
    """

    position: int = member(Integer(0, LARGEST_INTEGER))
    mailbox: bytes = member(Bytes(ID))
    day: date = member(Day())
    body_hash: bytes = member(Bytes(ID))
    has_body: bool = member(Flag())
    wraps: tuple[bytes, ...] = member(List(Bytes(ID), WRAPS_PER_ENVELOPE))
    files: tuple[FileClaim, ...] = member(List(Inner(FileClaim), FILES_PER_ENVELOPE))
    use: bytes | None = member(Nullable(Bytes(ID)))
    deleted: bytes | None = member(Nullable(Bytes(SIGNATURE)))


@dataclass(frozen=True)
class Page(Document):
    """A page of a listing, the document of a parcel.

    ``GET /api/mailbox/{from}``: the ``reporter`` chain as stubs on the page with ``from`` 0, the
    ``team`` chain from ``from`` on; ``use`` is the case group the mailbox has to use.
    ``GET /api/feed/{after}``: all chains of all mailboxes given to this analyst in commit order;
    asking says that everything up to ``after`` is safe in the analyst's archive.
    The blobs behind it are, for each entry: the header, the body if ``has_body``, each wrap.
    """

    use: bytes | None = member(Nullable(Bytes(ID)))
    entries: tuple[Entry, ...] = member(List(Inner(Entry), 1000))
    more: bool = member(Flag())


@dataclass(frozen=True)
class Purged(Document):
    """``GET /api/purged``: :func:`marks_digest` of all marks of purged mailboxes that are here."""

    digest: bytes = member(Bytes(ID))


@dataclass(frozen=True)
class Marks(Document):
    """Marks of purged mailboxes, each larger than the one before it, read as bytes.

    ``GET /api/purged/{mark}``: those from this one on; an empty page is the last. ``POST
    /api/purged``: what an archive knows as purged and the server does not.
    """

    marks: tuple[bytes, ...] = member(List(Bytes(MARK), MARKS_PER_PAGE))

    def check(self) -> None:
        """They rise."""
        if any(one >= next_ for one, next_ in pairwise(self.marks)):
            raise NotCanonical


@dataclass(frozen=True)
class PurgedAgain(Document):
    """The answer to marks: how many mailboxes were here, were due, and are purged now."""

    mailboxes: int = member(Integer(0, MARKS_PER_PAGE))


def mark_of(address: bytes) -> bytes:
    """What is kept of a purged mailbox's address, 16 bytes."""
    return blake2b(address, digest_size=MARK, person=b"dropbox/purged").digest()


def marks_digest(marks: Iterable[bytes]) -> bytes:
    """32 bytes by which two sides see that they have the same ``marks``, which rise."""
    digest = blake2b(digest_size=ID, person=b"dropbox/marks")
    for mark in marks:
        digest.update(mark)
    return digest.digest()


def pack(document: bytes, blobs: list[bytes]) -> bytes:
    """The parcel of a document's bytes and the blobs behind it."""
    parts = [each for blob in (document, *blobs) for each in (struct.pack("<I", len(blob)), blob)]
    return b"".join(parts)


def unpack(parcel: bytes) -> tuple[bytes, list[bytes]]:
    """The document's bytes and the blobs of a parcel. Raises ``NotCanonical``."""
    blobs = []
    offset = 0
    while offset < len(parcel):
        if offset + 4 > len(parcel):
            raise NotCanonical
        (length,) = struct.unpack_from("<I", parcel, offset)
        offset += 4 + length
        if offset > len(parcel):
            raise NotCanonical
        blobs.append(parcel[offset - length : offset])
    if not blobs:
        raise NotCanonical
    return blobs[0], blobs[1:]
