"""Opening a mailbox's chains: from what a server gives to entries that are verified or named.

Both roles read the ``team`` chain through here, so that reporter and team can never see it
differently. The checks are numbered as in ``envelope``; (1) to (7) are :func:`open_sealed`, (8) and
(9) belong to each chain.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Generic, TypeVar, cast

from crypto.authors import Succession, certified_group, find_author
from crypto.chains import Inspected, Stored, verify_deletion
from crypto.directory import Directory
from crypto.documents import (
    CasePayload,
    Closed,
    ContactRequested,
    Deleted,
    Report,
    ReporterPayload,
    TeamPayload,
    Words,
    read_payload,
)
from crypto.envelope import Chain, Content, Header, check_commitment, open_content
from crypto.errors import (
    DoesNotOpen,
    ForeignAuthor,
    Locked,
    ProtocolError,
    WrongId,
    WrongPlace,
)
from crypto.handling import Handling, Rules
from crypto.keys import Card, Keys, verify
from crypto.wrapping import WrapKind, unwrap

Payload = ReporterPayload | TeamPayload | CasePayload
P = TypeVar("P", bound=Payload)
P_co = TypeVar("P_co", bound=Payload, covariant=True)


class State(StrEnum):
    """What became of an envelope."""

    SHOWN = "shown"
    DELETED = "deleted"
    """A stub, and a signature says so: the mailbox's own, a later envelope's of the team, or that
    of the ``closed`` with which everything of the team's goes."""
    MISSING = "missing"
    """A stub that nothing signed explains."""
    QUARANTINED = "quarantined"
    """It does not verify, or does not open here."""


@dataclass(frozen=True)
class Entry(Generic[P_co]):
    """One envelope of a chain: what it says, or why it cannot be shown.

    ``payload`` is there if it is shown, ``problem`` if it is quarantined. ``words`` are those of a
    ``case`` entry, held against the hash in its payload. ``erased``: the mailbox has signed that it
    deleted this; a workstation that had fetched it before has the words all the same.
    """

    chain: Chain
    seq: int
    stored: Stored
    state: State
    payload: P_co | None = None
    words: str | None = field(default=None, repr=False)
    problem: ProtocolError | None = None
    erased: bool = False

    @property
    def id(self) -> bytes:
        """The envelope's id."""
        return self.stored.id

    @property
    def day(self) -> date:
        """The server's word for when it was stored."""
        return self.stored.day


@dataclass(frozen=True)
class Opener:
    """Opens the chains of one mailbox. ``keyring`` is card id → the keys of what is held."""

    mailbox: bytes
    directory: Directory
    keyring: Mapping[bytes, Keys]

    def team(self, chain: Inspected, succession: Succession) -> tuple[Entry[TeamPayload], ...]:
        """The ``team`` chain. ``succession`` is new, and has followed the chain afterwards.

        At a forked place no side changes who has the mailbox.
        """

        def open_one(header: Header, stored: Stored) -> tuple[TeamPayload, None]:
            if header.recipient != self.mailbox:
                raise WrongPlace
            content = open_sealed(stored, self.keyring)
            payload = cast(TeamPayload, read_payload(Chain.TEAM, content.payload))
            author = find_author(payload, self.mailbox, self.directory)
            self._verify(author.sign, header, stored, content)
            if header.seq in chain.forked:
                succession.check(author, payload)
            else:
                succession.admit(author, payload)
            return payload, None

        return _read(chain, open_one)

    def reporter(
        self, chain: Inspected, groups: frozenset[bytes]
    ) -> tuple[Entry[ReporterPayload], ...]:
        """The ``reporter`` chain; ``groups`` are those it may have been sealed to.

        The ``report`` comes first and once, and nothing after ``closed``.
        """
        closed = False

        def open_one(header: Header, stored: Stored) -> tuple[ReporterPayload, None]:
            nonlocal closed
            content = open_sealed(stored, self.keyring)
            payload = cast(ReporterPayload, read_payload(Chain.REPORTER, content.payload))
            card = import_card(payload.card)
            if card.id != self.mailbox:
                raise WrongId
            self._verify(card.sign, header, stored, content)
            if header.recipient not in groups:
                raise WrongPlace
            if closed or isinstance(payload, Report) != (header.seq == 0):
                raise WrongPlace
            closed = isinstance(payload, Closed)
            return payload, None

        return _read(chain, open_one)

    def case(
        self,
        chain: Inspected,
        groups: frozenset[bytes],
        colleagues: Mapping[bytes, bytes],
        rules: Rules,
    ) -> tuple[tuple[Entry[CasePayload], ...], Handling]:
        """The ``case`` chain, by analysts of ``colleagues`` (card id → signing key), and its fold.

        ``groups`` are those of the ``team`` chain that it may have been sealed to. At a forked
        place no side changes who handles the case, and of a hold the longer counts. Behind an entry
        that is locked, what its author might not write is locked too: an assignment may have come
        before that is not seen here.
        """
        handling, hidden = Handling(), False

        def open_one(header: Header, stored: Stored) -> tuple[CasePayload, str]:
            nonlocal handling, hidden
            try:
                payload, words = self._open_entry(header, stored, colleagues)
            except Locked:
                hidden = True
                raise
            try:
                self._check_recipient(header, payload, groups | handling.groups)
                after = rules.follow(handling, payload)
            except (ForeignAuthor, WrongPlace) as problem:
                raise (Locked() if hidden else problem) from None
            handling = after if header.seq not in chain.forked else handling.held_as(after)
            return payload, words

        return _read(chain, open_one), handling

    def _open_entry(
        self, header: Header, stored: Stored, colleagues: Mapping[bytes, bytes]
    ) -> tuple[CasePayload, str]:
        content = open_sealed(stored, self.keyring)
        payload = cast(CasePayload, read_payload(Chain.CASE, content.payload))
        if payload.author not in colleagues:
            raise ForeignAuthor
        self._verify(colleagues[payload.author], header, stored, content)
        words = Words.from_bytes(content.words or b"")
        if words.hash != payload.words:
            raise DoesNotOpen
        return payload, words.text

    def _check_recipient(
        self, header: Header, payload: CasePayload, groups: frozenset[bytes]
    ) -> None:
        """A group that has had the case; to a custodian, the one that a request names."""
        if header.recipient not in groups and header.recipient != self._asking(payload):
            raise WrongPlace

    def _asking(self, payload: CasePayload) -> bytes | None:
        """The case group that a request names: to a custodian nothing else of the case opens."""
        if not isinstance(payload, ContactRequested) or payload.group is None:
            return None
        return certified_group(payload.group, self.mailbox, self.directory).id

    def _verify(self, sign_key: bytes, header: Header, stored: Stored, content: Content) -> None:
        service, tag = self.directory.service, header.chain.tag
        verify(sign_key, content.signature, tag, service, stored.header, content.payload)  # (9)


def open_sealed(stored: Stored, keyring: Mapping[bytes, Keys]) -> Content:
    """Checks (1) to (7), with whichever wrap opens.

    Raises ``Locked`` where there is none for a key held; otherwise what the last one raised.
    """
    envelope = stored.parse_envelope()  # (1) (2) (3)
    problem: ProtocolError = Locked()
    for recipient, wrapped in stored.wraps.items():
        keys = keyring.get(recipient)
        if keys is None:
            continue
        try:
            cek = unwrap(wrapped, WrapKind.ENVELOPE, (stored.id,), keys)  # (4)
            return open_content(envelope, cek)  # (5) (6) (7)
        except ProtocolError as error:
            problem = error
    raise problem


def content_key(stored: Stored, keyring: Mapping[bytes, Keys]) -> bytes | None:
    """The content key of an envelope, by whichever wrap gives the one its header commits to.

    ``None`` where none does. The body is not opened: nothing may be believed of it.
    """
    for recipient, wrapped in stored.wraps.items():
        keys = keyring.get(recipient)
        if keys is None:
            continue
        try:
            cek = unwrap(wrapped, WrapKind.ENVELOPE, (stored.id,), keys)
            check_commitment(stored.parse_header(), cek)
        except ProtocolError:
            continue
        return cek
    return None


def _read(
    chain: Inspected, open_one: Callable[[Header, Stored], tuple[P, str | None]]
) -> tuple[Entry[P], ...]:
    """Each envelope opened or named: one that is hostile never hides another."""
    entries: list[Entry[P]] = []
    for header, stored in chain.entries:
        entry: Entry[P] = Entry(header.chain, header.seq, stored, State.MISSING)
        if stored.body is not None:
            try:
                payload, words = open_one(header, stored)
                entry = replace(entry, state=State.SHOWN, payload=payload, words=words)
            except ProtocolError as problem:
                entry = replace(entry, state=State.QUARANTINED, problem=problem)
        entries.append(entry)
    return tuple(entries)


def explain_stubs(
    entries: Sequence[Entry[TeamPayload]],
    sign_key: bytes | None,
    service: bytes,
    *,
    closed: bool = False,
) -> tuple[Entry[TeamPayload], ...]:
    """``MISSING`` becomes ``DELETED`` where a signature says so, and ``erased`` is found out.

    ``sign_key`` is the mailbox's, ``None`` where it is not known. Of the team, a ``deleted`` counts
    for places before its own. ``closed``: the mailbox has signed that it was closed for good, which
    explains every stub.
    """
    named = {
        (each, entry.seq)
        for entry in entries
        if isinstance(entry.payload, Deleted)
        for each in entry.payload.ids
    }

    def explain(entry: Entry[TeamPayload]) -> Entry[TeamPayload]:
        erased = _is_erased(entry, sign_key, service)
        if entry.state is State.MISSING and closed:
            erased = True
        if erased:
            entry = replace(entry, erased=True)
        deleted = erased or any(each == entry.id and seq > entry.seq for each, seq in named)
        if entry.state is State.MISSING and deleted:
            entry = replace(entry, state=State.DELETED)
        return entry

    return tuple(map(explain, entries))


def _is_erased(entry: Entry[TeamPayload], sign_key: bytes | None, service: bytes) -> bool:
    """Whether the mailbox itself signed that it deleted this."""
    if sign_key is None or entry.stored.deleted is None:
        return False
    try:
        verify_deletion(sign_key, service, entry.stored)
    except ProtocolError:
        return False
    return True


@lru_cache(maxsize=1024)
def import_card(data: bytes) -> Card:
    """A reporter's card, imported once: its point checks cost more than opening an envelope."""
    return Card.from_bytes(data)
