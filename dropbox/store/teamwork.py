"""What a workstation asks the writer about its team: jobs, as in ``store/jobs.py``."""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.roster import Roster
from dropbox.store.jobs import Caller, Job


@dataclass(frozen=True, slots=True)
class PublishRoster(Job[None]):
    """Take a roster that was verified under the newest directory."""

    caller: Caller
    signed: bytes
    roster: Roster

    @property
    def weight(self) -> int:
        """Its bytes, and what was read of them."""
        return 1024 + 4 * len(self.signed)


@dataclass(frozen=True, slots=True)
class TellReceiving(Job[None]):
    """Take the caller's own receiving key."""

    caller: Caller
    number: int
    signed: bytes


@dataclass(frozen=True, slots=True)
class TellErased(Job[None]):
    """Take the caller's word that a group's secret is gone."""

    caller: Caller
    group: bytes
    signed: bytes


@dataclass(frozen=True, slots=True)
class Given:
    """A grant: whom it is for, of which group, and the mailbox where that is a case group."""

    analyst: bytes
    group: bytes
    mailbox: bytes | None
    signed: bytes


@dataclass(frozen=True, slots=True)
class GiveGrants(Job[None]):
    """Keep these grants until they are opened, all or none."""

    caller: Caller
    grants: tuple[Given, ...]

    @property
    def weight(self) -> int:
        """The grants."""
        return 1024 + sum(1024 + len(each.signed) for each in self.grants)


@dataclass(frozen=True, slots=True)
class OpenGrants(Job[None]):
    """Delete the grants of these groups to the caller."""

    caller: Caller
    groups: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class NewWrap:
    """A wrap for the envelope at this place, if it has this id."""

    chain: int
    seq: int
    id: bytes
    wrap: bytes


@dataclass(frozen=True, slots=True)
class Rewrap(Job[None]):
    """Add wraps to ``recipient``, the group that has the mailbox."""

    caller: Caller
    mailbox: bytes
    recipient: bytes
    wraps: tuple[NewWrap, ...]

    @property
    def weight(self) -> int:
        """The wraps."""
        return 1024 + 2048 * len(self.wraps)


@dataclass(frozen=True, slots=True)
class Unwrap(Job[None]):
    """Delete the wraps to ``recipient`` that are not needed any more."""

    caller: Caller
    mailbox: bytes
    recipient: bytes


@dataclass(frozen=True, slots=True)
class Purge(Job[None]):
    """Purge a mailbox that the caller handles, if no more is in it than was ``seen``.

    ``seen``: by chain the last place, and the id of what stands there.
    """

    caller: Caller
    mailbox: bytes
    seen: Mapping[int, tuple[int, bytes]]
