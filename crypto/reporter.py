"""The reporter as a protocol core: bytes in, bytes out (docs/protocol.md §5).

She has no memory but her passphrase. What she reads is verified under the directory she pinned;
what she seals goes to the group that the newest verified ``team`` envelope was signed by, never to
one a server names.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from crypto.authors import Succession
from crypto.chains import Alarm, Deletion, Stored, inspect, sign_deletion
from crypto.directory import Directory, Limits
from crypto.documents import (
    Answer,
    Category,
    Closed,
    Contact,
    ContactWithdrawn,
    Link,
    Message,
    Receipt,
    Reply,
    Report,
    ReporterPayload,
    Sealed,
    TeamPayload,
)
from crypto.encoding import stringify
from crypto.envelope import Chain, Place, seal
from crypto.errors import (
    Contested,
    NotDeletable,
    NothingHere,
    NothingToSend,
    OverLimit,
    RolledBack,
    UnsignedKeyAsked,
)
from crypto.files import FileManifest
from crypto.keys import Card, MailboxSecret
from crypto.login import answer
from crypto.marks import check_acks, newest
from crypto.opening import Entry, Opener, State, explain_stubs
from crypto.outgoing import Outgoing, wrap_all
from crypto.primitives import RandomBytes

_DELETABLE: Final = (Receipt, Reply)
"""``handover`` and ``closing`` say who has the case, and ``deleted`` explains other stubs."""


@dataclass(frozen=True)
class Draft:
    """What a reporter wants to send, before it is sealed."""

    text: str
    language: str = "en"
    sealed: Sealed = Sealed.ON_DEVICE
    categories: tuple[Category, ...] = ()
    forces: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    files: tuple[FileManifest, ...] = ()
    contact: Contact | None = None

    def __repr__(self) -> str:
        return "<Draft>"

    def check(self, limits: Limits) -> None:
        """Raise ``NothingToSend`` or ``OverLimit``."""
        if not self.text.strip() and not self.files and not self.answers:
            raise NothingToSend
        if len(self.text) > limits.text_characters:
            raise OverLimit(
                f"The text has {len(self.text):,} characters; {limits.text_characters:,} fit."
            )
        if len(self.files) > limits.files:
            raise OverLimit(f"There are {len(self.files)} files; {limits.files} fit.")
        if any(file.size > limits.file_bytes for file in self.files):
            raise OverLimit(f"A file may have {limits.file_bytes:,} bytes.")
        if len({file.id for file in self.files}) != len(self.files):
            raise OverLimit("One file is there twice.")


@dataclass(frozen=True)
class Conversation:
    """A mailbox as its reporter sees it, under one directory.

    ``own_days`` are the server's days of her own messages: more of them than she wrote means that
    somebody else uses the words. ``case_card`` is the group that has her case, if one has;
    ``contested`` that this cannot be told.
    """

    directory_seq: int
    items: tuple[Entry[TeamPayload], ...]
    team_alarms: tuple[Alarm, ...]
    own_alarms: tuple[Alarm, ...]
    own_ids: tuple[bytes, ...]
    own_days: tuple[date, ...]
    next_seq: int
    prev: bytes
    seen: Link | None
    case_card: Card | None
    contested: bool

    @property
    def empty(self) -> bool:
        """Whether nothing at all lies here: never used, closed and purged look the same."""
        return not self.own_days and not self.items

    @property
    def deletable(self) -> tuple[bytes, ...]:
        """The ids of what she can delete: the team's replies and receipts that open here."""
        return tuple(
            entry.id
            for entry in self.items
            if entry.state is State.SHOWN and isinstance(entry.payload, _DELETABLE)
        )

    def check_follows(self, before: "Conversation") -> None:
        """Raise ``RolledBack`` unless this is ``before`` or a later state of it.

        Asked whenever something is sealed again in one sitting: a server that steps back would
        otherwise have it sealed to a group that no longer has the case.
        """
        team, team_before = ([entry.id for entry in each.items] for each in (self, before))
        own, own_before = list(self.own_ids), list(before.own_ids)
        is_later = own[: len(own_before)] == own_before and team[: len(team_before)] == team_before
        if self.directory_seq < before.directory_seq or not is_later:
            raise RolledBack


class Reporter:
    """One mailbox, opened with its secret under one verified directory."""

    def __init__(
        self, secret: MailboxSecret, directory: Directory, random_bytes: RandomBytes
    ) -> None:
        self._keys = secret.keys
        self._directory = directory
        self._random_bytes = random_bytes

    @property
    def card(self) -> Card:
        """The mailbox's card."""
        return self._keys.card

    @property
    def address(self) -> bytes:
        """The mailbox's address, 32 bytes: its card's id."""
        return self._keys.card.id

    def login(self, origin: str, challenge: str) -> bytes:
        """The signature that answers a server's challenge.

        Raises ``ForeignOrigin`` where the directory does not name ``origin``.
        """
        self._directory.check_origin(origin)
        return answer(self._keys, self._directory.service, origin, challenge)

    # -- writing --------------------------------------------------------------------------------

    def report(self, draft: Draft, today: date) -> Outgoing:
        """The first envelope of the mailbox.

        Raises ``Expired`` if the directory is, ``NothingToSend`` or ``OverLimit``.
        """
        draft.check(self._directory.limits)
        payload = Report(
            "report",
            self.card.to_bytes(),
            draft.sealed,
            draft.language,
            draft.categories,
            draft.forces,
            draft.answers,
            draft.text,
            draft.files,
            draft.contact,
            None,
        )
        return self._append(payload, draft.files, self.read((), ()), today)

    def message(self, draft: Draft, conversation: Conversation, today: date) -> Outgoing:
        """What she writes after the report. Raises as :meth:`report`.

        With a case group that has her case, an expired directory does not matter.
        """
        draft.check(self._directory.limits)
        payload = Message(
            "message",
            self.card.to_bytes(),
            draft.sealed,
            draft.language,
            draft.text,
            draft.files,
            draft.contact,
            conversation.seen,
        )
        return self._append(payload, draft.files, conversation, today)

    def withdraw_contact(self, conversation: Conversation, today: date) -> Outgoing:
        """Take contact details back. Raises ``NothingHere``, or as :meth:`message`."""
        self._check_begun(conversation)
        payload = ContactWithdrawn("contact-withdrawn", self.card.to_bytes(), conversation.seen)
        return self._append(payload, (), conversation, today)

    def close(self, conversation: Conversation, today: date) -> Outgoing:
        """Close the mailbox for good: the last envelope there is. Raises ``NothingHere``, or as
        :meth:`message`."""
        self._check_begun(conversation)
        payload = Closed("closed", self.card.to_bytes(), conversation.seen)
        return self._append(payload, (), conversation, today)

    def delete(self, conversation: Conversation, ids: Collection[bytes]) -> tuple[Deletion, ...]:
        """Signatures that delete the team's replies and receipts ``ids``, in the chain's order.

        What is deleted already is left out. Raises ``NotDeletable`` for anything else: what does
        not open here could be a ``handover``, without which she would not know who has her case.
        """
        done = {entry.id for entry in conversation.items if entry.state is State.DELETED}
        wanted = set(ids) - done
        if not wanted <= set(conversation.deletable):
            raise NotDeletable
        service = self._directory.service
        return tuple(
            sign_deletion(self._keys, service, entry.seq, entry.id)
            for entry in conversation.items
            if entry.id in wanted
        )

    def rewrap(
        self, outgoing: Outgoing, before: Conversation, after: Conversation, today: date
    ) -> Outgoing:
        """The same envelope for the group that has the mailbox now, after a 409.

        ``self`` and ``after`` are of a directory and mailbox fetched since. Raises ``RolledBack``
        if they are older than ``before``, ``UnsignedKeyAsked`` if the signed documents name the
        group it already had.
        """
        after.check_follows(before)
        card = self._recipient(after, today)
        if (card.id,) == tuple(recipient for recipient, _ in outgoing.wraps):
            raise UnsignedKeyAsked
        return outgoing.rewrapped((card,), self._random_bytes)

    def _check_begun(self, conversation: Conversation) -> None:
        if conversation.next_seq == 0:
            raise NothingHere

    def _append(
        self,
        payload: ReporterPayload,
        files: tuple[FileManifest, ...],
        conversation: Conversation,
        today: date,
    ) -> Outgoing:
        data = stringify(payload.to_json())
        if len(data) > self._directory.limits.payload_bytes:
            raise OverLimit("Text and answers together are too long.")
        recipient = self._recipient(conversation, today)
        place = Place(
            Chain.REPORTER,
            conversation.next_seq,
            self.address,
            recipient.id,
            conversation.prev,
        )
        envelope, cek = seal(
            place, data, None, self._keys, self._directory.service, self._random_bytes
        )
        wraps = wrap_all(envelope, cek, (recipient,), self._random_bytes)
        return Outgoing(envelope, wraps, files, None, cek)

    def _recipient(self, conversation: Conversation, today: date) -> Card:
        if conversation.contested:
            raise Contested
        if conversation.case_card is not None:
            return conversation.case_card
        self._directory.check_day(today)
        return self._directory.intake_card

    # -- reading --------------------------------------------------------------------------------

    def read(self, own: Sequence[Stored], team: Sequence[Stored]) -> Conversation:
        """Verify a mailbox as a server gave it. What cannot be shown is named, never dropped.

        ``own`` is the ``reporter`` chain, which she cannot open again; ``team`` is the other.
        """
        mine = inspect(own, Chain.REPORTER, self.address)
        theirs = inspect(team, Chain.TEAM, self.address)
        opener = Opener(self.address, self._directory, {self.address: self._keys})
        succession = Succession(self._directory)
        opened = opener.team(theirs, succession)
        items = explain_stubs(opened, self.card.sign, self._directory.service)
        unknown, _ = check_acks(items, mine)
        return Conversation(
            directory_seq=self._directory.seq,
            items=items,
            team_alarms=(*theirs.alarms, *unknown),
            own_alarms=mine.alarms,
            own_ids=tuple(stored.id for _, stored in mine.entries),
            own_days=tuple(stored.day for _, stored in mine.entries),
            next_seq=mine.next_seq,
            prev=mine.prev,
            seen=newest(items, State.SHOWN, State.DELETED),
            case_card=succession.case_card,
            contested=bool(theirs.forked),
        )
