"""The team's side as a protocol core: bytes in, bytes out (docs/protocol.md §5).

An analyst reads a mailbox's three chains with the groups whose secrets are in the vault, and writes
in the name of a group: every ``team`` envelope goes with a ``sent`` entry in the ``case`` chain,
signed by the analyst. A reporter's text and a server's answer are both hostile input: what does not
verify is named in its place, and the rest is read.
"""

from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crypto.authors import Author, Succession
from crypto.chains import Alarm, Stored, inspect
from crypto.constants import SECRET, Tag
from crypto.directory import Directory
from crypto.documents import (
    CasePayload,
    Closed,
    Link,
    Note,
    Receipt,
    Reply,
    ReporterPayload,
    Sent,
    Words,
)
from crypto.envelope import Chain, Place, seal
from crypto.errors import Locked, MailboxClosed, OverLimit
from crypto.files import FileManifest
from crypto.keys import AnalystSecret, Card, GroupSecret
from crypto.login import answer
from crypto.marks import (
    check_acks,
    check_seen,
    check_sent,
    newest,
    unannounced,
    unannounced_groups,
    withheld,
)
from crypto.opening import Entry, Opener, Payload, State, explain_stubs, import_card
from crypto.outgoing import Outgoing, wrap_all
from crypto.primitives import H, RandomBytes


def case_name(address: bytes, letters: int = 8) -> str:
    """A case's name on the workstation: letters of base32. Never in anything released."""
    return b32encode(H(Tag.CASE_NAME, address)).decode("ascii").lower()[:letters]


@dataclass(frozen=True)
class Head:
    """Where the next envelope of a chain goes."""

    seq: int
    prev: bytes


@dataclass(frozen=True)
class CaseFile:
    """A mailbox as the team sees it: the three chains, verified, with what is wrong with them.

    ``card`` is the reporter's, from the payloads; without it nobody can be written to. ``author``
    is who has the mailbox by the ``team`` chain, ``None`` for the intake group. ``unannounced`` are
    the ids of ``team`` envelopes that no ``sent`` entry names: somebody wrote to the reporter
    behind the team's back.
    """

    mailbox: bytes
    card: Card | None
    entries: tuple[Entry[Payload], ...]
    alarms: tuple[tuple[Chain, Alarm], ...]
    unannounced: tuple[bytes, ...]
    heads: Mapping[Chain, Head]
    author: Author | None
    newest_read: Link | None
    acknowledged: int
    """The highest ``seq`` of the reporter's chain that a ``team`` envelope acknowledges, or −1."""

    def of(self, chain: Chain) -> tuple[Entry[Payload], ...]:
        """The entries of one chain, in its order."""
        return tuple(entry for entry in self.entries if entry.chain is chain)

    @property
    def closed(self) -> bool:
        """Whether the reporter has closed the mailbox: nothing reaches her any more."""
        return _is_closed(self.of(Chain.REPORTER))

    @property
    def unread(self) -> int:
        """How many of the reporter's envelopes open and are not acknowledged yet."""
        return sum(
            entry.seq > self.acknowledged and entry.payload is not None
            for entry in self.of(Chain.REPORTER)
        )


class Analyst:
    """One analyst's keys, the groups in the vault, and the directory they are read under.

    ``colleagues`` maps analysts' card ids to their signing keys: this analyst's own, and of those
    who left too, for what they signed stays in the log.
    """

    def __init__(
        self,
        secret: AnalystSecret,
        directory: Directory,
        groups: Sequence[GroupSecret],
        colleagues: Mapping[bytes, bytes],
        random_bytes: RandomBytes,
    ) -> None:
        self._keys = secret.keys
        self._directory = directory
        self._groups = {group.keys.card.id: group.keys for group in groups}
        self._intake = frozenset(directory.intake_groups)
        self._colleagues = colleagues
        self._random_bytes = random_bytes

    @property
    def card(self) -> Card:
        """The analyst's card."""
        return self._keys.card

    def login(self, origin: str, challenge: str) -> bytes:
        """The signature that answers a server's challenge. Raises ``ForeignOrigin``."""
        self._directory.check_origin(origin)
        return answer(self._keys, self._directory.service, origin, challenge)

    # -- reading --------------------------------------------------------------------------------

    def read(self, mailbox: bytes, chains: Mapping[Chain, Sequence[Stored]]) -> CaseFile:
        """Verify one mailbox's chains. Never raises for what they hold."""
        given = {chain: inspect(chains.get(chain, ()), chain, mailbox) for chain in Chain}
        opener = Opener(mailbox, self._directory, self._groups)
        succession = Succession(self._directory)
        opened = opener.team(given[Chain.TEAM], succession)
        groups = self._intake | succession.groups
        reporter = opener.reporter(given[Chain.REPORTER], groups)
        case = opener.case(given[Chain.CASE], groups, self._colleagues)
        card = _reporter_card(reporter)
        team = explain_stubs(
            opened,
            card.sign if card else None,
            self._directory.service,
            closed=_is_closed(reporter),
        )
        unknown_acks, acknowledged = check_acks(team, given[Chain.REPORTER])
        alarms = {
            Chain.REPORTER: [*check_seen(reporter, given[Chain.TEAM]), *withheld(reporter)],
            Chain.TEAM: [*unknown_acks, *unannounced_groups(team), *withheld(team)],
            Chain.CASE: [*check_sent(case, given[Chain.TEAM]), *withheld(case)],
        }
        return CaseFile(
            mailbox=mailbox,
            card=card,
            entries=(*reporter, *team, *case),
            alarms=tuple(
                (chain, alarm)
                for chain in Chain
                for alarm in (*given[chain].alarms, *alarms[chain])
            ),
            unannounced=unannounced(case, team),
            heads={chain: Head(each.next_seq, each.prev) for chain, each in given.items()},
            author=succession.current,
            newest_read=newest(reporter, State.SHOWN),
            acknowledged=acknowledged,
        )

    # -- writing --------------------------------------------------------------------------------

    def receipt(self, case: CaseFile) -> tuple[Outgoing, Outgoing]:
        """Tell the reporter that everything read so far has been read. Raises ``MailboxClosed``."""
        group = self._writing_group(case)
        return self._write_to_reporter(case, Receipt("receipt", group.id, None, case.newest_read))

    def reply(self, case: CaseFile, text: str, language: str) -> tuple[Outgoing, Outgoing]:
        """A reply and the ``sent`` entry that goes with it, to be stored both or neither.

        Raises ``OverLimit``, ``MailboxClosed``, or ``Locked`` where the reporter's card or the
        group is not known.
        """
        if not 0 < len(text) <= self._directory.limits.text_characters:
            raise OverLimit(f"The text has {len(text):,} characters.")
        group = self._writing_group(case)
        return self._write_to_reporter(
            case, Reply("reply", group.id, None, language, text, (), case.newest_read)
        )

    def note(self, case: CaseFile, text: str) -> Outgoing:
        """An internal note in the ``case`` chain. Raises as :meth:`reply`."""
        if not 0 < len(text) <= self._directory.limits.text_characters:
            raise OverLimit(f"The text has {len(text):,} characters.")
        words = self._words(text)
        return self._write_case(case, Note("note", self.card.id, words.hash), words)

    def _write_to_reporter(
        self, case: CaseFile, payload: Receipt | Reply
    ) -> tuple[Outgoing, Outgoing]:
        if case.closed:
            raise MailboxClosed
        if case.card is None:
            raise Locked
        group = self._writing_group(case)
        head = case.heads[Chain.TEAM]
        place = Place(Chain.TEAM, head.seq, case.mailbox, case.mailbox, head.prev)
        author = self._groups[group.id]
        envelope, cek = seal(
            place,
            payload.to_bytes(),
            None,
            author,
            self._directory.service,
            self._random_bytes,
        )
        wraps = wrap_all(envelope, cek, (case.card, group), self._random_bytes)
        files = payload.files if isinstance(payload, Reply) else ()
        words = self._words("")
        sent = Sent("sent", self.card.id, envelope.id, words.hash)
        return Outgoing(envelope, wraps, files, None, cek), self._write_case(case, sent, words)

    def _write_case(self, case: CaseFile, payload: CasePayload, words: Words) -> Outgoing:
        group = self._writing_group(case)
        head = case.heads[Chain.CASE]
        place = Place(Chain.CASE, head.seq, case.mailbox, group.id, head.prev)
        envelope, cek = seal(
            place,
            payload.to_bytes(),
            words.to_bytes(),
            self._keys,
            self._directory.service,
            self._random_bytes,
        )
        wraps = wrap_all(envelope, cek, (group,), self._random_bytes)
        return Outgoing(envelope, wraps, (), None, cek)

    def _words(self, text: str) -> Words:
        return Words(self._random_bytes(SECRET), text)

    def _writing_group(self, case: CaseFile) -> Card:
        """The group this analyst writes for: the current intake group, while it has the case."""
        card = self._directory.intake_card
        taken = case.author is not None and case.author.card is not None
        if taken or card.id not in self._groups:
            raise Locked
        return card


def _reporter_card(reporter: Sequence[Entry[ReporterPayload]]) -> Card | None:
    for entry in reporter:
        if entry.payload is not None:
            return import_card(entry.payload.card)
    return None


def _is_closed(reporter: Sequence[Entry[Payload]]) -> bool:
    """Whether a ``closed`` stands in the chain; nothing that comes after one is ever shown."""
    return any(isinstance(entry.payload, Closed) for entry in reporter)


def files_of(entry: Entry[Payload]) -> tuple[FileManifest, ...]:
    """The files an entry brings; none for kinds without."""
    payload = entry.payload
    return getattr(payload, "files", ()) if payload is not None else ()
