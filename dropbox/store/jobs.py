"""What a request asks the writer to do. Each job is applied, or refused, in a transaction.

A job's type parameter is what its request gets back after the commit.
"""

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from crypto.directory import Directory
from crypto.envelope import Header
from dropbox.limits import Lane
from dropbox.store.people import Reached
from dropbox.wire import Deletion, FileClaim, Role

Result_co = TypeVar("Result_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the address and role of a session, and the session's own 32 random bytes."""

    address: bytes
    role: Role
    session: bytes


class Job(Generic[Result_co]):
    """The base of all jobs. ``caller`` is ``None`` for what nobody has to be logged in for."""

    __slots__ = ()

    @property
    def team(self) -> bool:
        """Whether somebody of the team asks, whom the newest roster must not refuse."""
        return self.asker is not None and self.asker.role is not Role.MAILBOX

    @property
    def asker(self) -> Caller | None:
        """The caller, whose session must not have ended; ``None`` where there is none."""
        return getattr(self, "caller", None)

    @property
    def weight(self) -> int:
        """About how many bytes this job holds in memory while it waits."""
        return 1024

    @property
    def lane(self) -> Lane:
        """Whose share of the writer it takes."""
        return Lane.KNOWN


@dataclass(frozen=True, slots=True)
class Permit:
    """How a request of a mailbox came in (docs/protocol.md §9).

    ``needed``: a stranger has to work now. ``token`` is then the random part of the work token that
    came with a right proof, to be spent with what is stored; ``None``: none came, so what only
    strangers send is refused.
    """

    needed: bool = False
    token: bytes | None = None
    expires: int = 0


FREE = Permit()
"""Nobody has to work now, or the mailbox is known."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An envelope on its way in. Lengths, version and chain are right; ``id`` is computed."""

    header: Header
    packed: bytes
    body: bytes
    body_hash: bytes
    id: bytes
    wraps: tuple[tuple[bytes, bytes], ...]
    files: tuple[FileClaim, ...]
    use: bytes | None


@dataclass(frozen=True, slots=True)
class Taken:
    """The submission is on the disk: the ids in their order, and the day of the first."""

    ids: tuple[bytes, ...]
    day: date


@dataclass(frozen=True, slots=True)
class Submit(Job[Taken]):
    """Store one envelope, or two of which neither is stored without the other.

    ``closing``: with the one envelope its mailbox is closed for good. ``handlers``: with the two,
    a ``handover`` and its ``assigned``, the mailbox is given to these analysts.
    """

    caller: Caller
    envelopes: tuple[Incoming, ...]
    permit: Permit = FREE
    lane: Lane = Lane.KNOWN
    closing: bool = False
    handlers: tuple[bytes, ...] = ()

    @property
    def weight(self) -> int:
        """The bodies and the wraps."""
        return 1024 + sum(len(each.body) + 2048 * len(each.wraps) for each in self.envelopes)


@dataclass(frozen=True, slots=True)
class Delete(Job[None]):
    """Delete envelopes of the caller's ``team`` chain, all or none."""

    caller: Caller
    deletions: tuple[Deletion, ...]


@dataclass(frozen=True, slots=True)
class SpendChallenge(Job[None]):
    """Use a challenge, which is possible once. ``expires`` is in unix seconds."""

    challenge: bytes
    expires: int

    @property
    def lane(self) -> Lane:
        """Nobody knows yet whose log-in it is."""
        return Lane.ENTRY


@dataclass(frozen=True, slots=True)
class EndSession(Job[None]):
    """End the caller's session before its time."""

    caller: Caller


@dataclass(frozen=True, slots=True)
class Publish(Job[None]):
    """Take a directory that is verified and names our origins; ``None``: by hand."""

    caller: Caller | None
    signed: bytes
    directory: Directory


@dataclass(frozen=True, slots=True)
class StartFile(Job[None]):
    """Make room for a file of the caller's."""

    caller: Caller
    file: bytes
    parts: int
    permit: Permit = FREE
    lane: Lane = Lane.KNOWN


@dataclass(frozen=True, slots=True)
class HoldPart(Job[tuple[bytes, ...]]):
    """Say that a part's bytes are on the disk under ``name``. Gives names that can be removed.

    That is the name of the bytes it replaces, or, where an envelope names the file, its own.
    """

    caller: Caller
    file: bytes
    part: int
    hash: bytes
    size: int
    name: bytes
    lane: Lane = Lane.KNOWN


@dataclass(frozen=True, slots=True)
class DropFile(Job[tuple[bytes, ...]]):
    """Forget an unfinished file of the caller's. Gives the names whose bytes can be removed."""

    caller: Caller
    file: bytes


@dataclass(frozen=True, slots=True)
class Acknowledge(Job[None]):
    """What was given up to these positions is in the analyst's archive; 0 where nothing is."""

    caller: Caller
    reached: Reached


@dataclass(frozen=True, slots=True)
class NoteUse(Job[None]):
    """The caller has read the mailbox: keep it, from this month on."""

    caller: Caller


@dataclass(frozen=True, slots=True)
class PurgeAgain(Job[int]):
    """Purge those of these mailboxes that are due: ``oldest`` and ``boundary`` are the rule
    (``retention.Retention``). Gives how many there were."""

    caller: Caller
    numbers: tuple[int, ...]
    oldest: date
    boundary: int | None


@dataclass(frozen=True, slots=True)
class NoteMarks(Job[None]):
    """Remember that mailboxes with these marks were purged. None of them is here."""

    caller: Caller
    marks: tuple[bytes, ...]

    @property
    def weight(self) -> int:
        """The marks, as objects."""
        return 1024 + 64 * len(self.marks)


@dataclass(frozen=True, slots=True)
class Sweep(Job[tuple[bytes, ...]]):
    """Delete what has expired. Gives the names of parts whose bytes can be removed."""
