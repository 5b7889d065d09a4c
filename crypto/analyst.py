"""The team's side as a protocol core: bytes in, bytes out (docs/protocol.md §5, §7).

An analyst reads a mailbox's three chains with the groups whose secrets are in the vault, and writes
in the name of the group that has it: every ``team`` envelope goes with an entry in the ``case``
chain, signed by the analyst. A reporter's text and a server's answer are both hostile input: what
does not verify is named in its place, and the rest is read.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from crypto import assigning, disclosure
from crypto.assigning import Rewrapped
from crypto.authors import Succession
from crypto.casefile import CaseFile, Head, case_name, files_of
from crypto.chains import Stored, inspect
from crypto.directory import Directory
from crypto.documents import Closed, Conclusion, Note, Receipt, Reply, ReporterPayload
from crypto.envelope import Chain
from crypto.handling import Handling, Rules
from crypto.keys import AnalystSecret, Card, GroupSecret
from crypto.login import answer
from crypto.marks import (
    check_acks,
    check_announced,
    check_seen,
    handovers,
    is_holder_hidden,
    newest,
    unannounced,
    unannounced_groups,
    withheld,
)
from crypto.opening import Entry, Opener, Payload, State, explain_stubs, import_card
from crypto.outgoing import Outgoing
from crypto.pen import Pen, use_of
from crypto.primitives import RandomBytes

__all__ = ["Analyst", "CaseFile", "Head", "Rewrapped", "case_name", "files_of"]


class Analyst:
    """One analyst's keys, the groups in the vault, and the directory they are read under.

    ``colleagues`` maps analysts' card ids to their signing keys: this analyst's own, and of those
    who left too, for what they signed stays in the log. ``supervisors`` are the ids of those who
    may assign a case that others handle, or once might, ``readers`` of those who may read today,
    by whose word a case ends: without them, all colleagues.
    """

    def __init__(
        self,
        secret: AnalystSecret,
        directory: Directory,
        groups: Sequence[GroupSecret],
        colleagues: Mapping[bytes, bytes],
        random_bytes: RandomBytes,
        supervisors: frozenset[bytes] = frozenset(),
        readers: frozenset[bytes] | None = None,
    ) -> None:
        self._keys = secret.keys
        self._directory = directory
        self._groups = {group.keys.card.id: group.keys for group in groups}
        self._intake = frozenset(directory.intake_groups)
        self._colleagues = colleagues
        self._supervisors = supervisors
        self._readers = frozenset(colleagues) if readers is None else readers
        self._pen = Pen(
            self._keys, directory, self._groups, supervisors, self._readers, random_bytes
        )

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
        rules = Rules(mailbox, self._directory, self._supervisors, self._readers, handovers(opened))
        case, handling = opener.case(given[Chain.CASE], groups, self._colleagues, rules)
        reporter = opener.reporter(given[Chain.REPORTER], groups)
        card = _reporter_card(reporter)
        team = explain_stubs(
            opened,
            card.sign if card else None,
            self._directory.service,
            closed=any(isinstance(entry.payload, Closed) for entry in reporter),
        )
        unknown_acks, acknowledged = check_acks(team, given[Chain.REPORTER])
        alarms = {
            Chain.REPORTER: check_seen(reporter, given[Chain.TEAM]),
            Chain.TEAM: [*unknown_acks, *unannounced_groups(case, team)],
            Chain.CASE: check_announced(case, given[Chain.TEAM]),
        }
        entries = (*reporter, *team, *case)
        if self._is_owed(handling, hidden=is_holder_hidden(case, team)):
            for chain in Chain:
                alarms[chain] += withheld([each for each in entries if each.chain is chain])
        return CaseFile(
            mailbox=mailbox,
            card=card,
            entries=entries,
            alarms=tuple(
                (chain, alarm)
                for chain in Chain
                for alarm in (*given[chain].alarms, *alarms[chain])
            ),
            unannounced=unannounced(case, team),
            heads={chain: Head(each.next_seq, each.prev) for chain, each in given.items()},
            author=succession.current,
            number=succession.number,
            handling=handling,
            newest_read=newest(reporter, State.SHOWN),
            acknowledged=acknowledged,
        )

    def _is_owed(self, handling: Handling, *, hidden: bool) -> bool:
        """Whether a server has to give this analyst all that lies here, so that a stub is a fault.

        To handlers of a case, and to who holds an intake group while no case group has it. Others
        are given stubs of a ``handover`` too: so they cannot tell one from something withheld.
        """
        if handling.handlers:
            return self.card.id in handling.handlers
        return not hidden and not self._intake.isdisjoint(self._groups)

    # -- writing --------------------------------------------------------------------------------

    def receipt(self, case: CaseFile) -> tuple[Outgoing, Outgoing]:
        """Tell the reporter that everything read so far has been read.

        Raises ``MailboxClosed``, ``NotHandling``, or ``Locked`` where the reporter's card or the
        secret of the group that has the mailbox is not here.
        """
        signer = self._pen.signer(case)
        payload = Receipt("receipt", signer.card.id, case.proof, case.newest_read)
        envelope = self._pen.team(case, payload, signer, use_of(case.group))
        return envelope, self._pen.announce(case, envelope)

    def reply(self, case: CaseFile, text: str, language: str) -> tuple[Outgoing, Outgoing]:
        """A reply and the ``sent`` entry that goes with it, to be stored both or neither.

        Raises ``OverLimit``, or as :meth:`receipt`.
        """
        self._pen.check_length(text, least=1)
        signer = self._pen.signer(case)
        payload = Reply("reply", signer.card.id, case.proof, language, text, (), case.newest_read)
        envelope = self._pen.team(case, payload, signer, use_of(case.group))
        return envelope, self._pen.announce(case, envelope)

    def note(self, case: CaseFile, text: str) -> Outgoing:
        """An internal note in the ``case`` chain. Raises ``OverLimit``, ``NotHandling``,
        ``Locked``."""
        words = self._pen.words(text, least=1)
        payload = Note("note", self.card.id, words.hash)
        return self._pen.case(case, payload, words, self._pen.readers(case))

    # -- who handles it -------------------------------------------------------------------------

    def assign(
        self, case: CaseFile, group: GroupSecret, handlers: Collection[bytes], text: str
    ) -> tuple[Outgoing, Outgoing]:
        """Give the case to ``handlers`` (card ids) under the new ``group``; ``text`` says why.

        A ``handover``, signed by ``group`` and sealed to the reporter and to it, and an
        ``assigned``, sealed to the group before and to the new one: to be stored both or neither.
        Raises ``OverLimit``, ``MailboxClosed``, ``NotHandling``, ``Locked`` where neither the case
        group nor the current intake group is here, or part of the chain does not open.
        """
        return assigning.assign(self._pen, case, group, handlers, text)

    def rewrap(self, case: CaseFile, card: Card) -> tuple[Rewrapped, ...]:
        """A wrap to ``card`` for every envelope that opens here and has none."""
        return assigning.rewrap(self._pen, case, card)

    def is_rewrapped(self, case: CaseFile, card: Card) -> bool:
        """Whether the wraps to other groups may go: everything that opens here does with the wrap
        to ``card``, whose secret is here."""
        return assigning.is_rewrapped(self._pen, case, card)

    def conclude(
        self, case: CaseFile, reason: Conclusion, keep_until: date, text: str
    ) -> tuple[Outgoing, ...]:
        """End the case: a ``closing`` by its group and a ``concluded``, to be stored both or none.

        The ``concluded`` alone where no case group has it or the reporter closed the mailbox.
        ``keep_until`` is the last day it is kept. Raises ``OverLimit``, ``NotHandling``,
        ``Locked``.
        """
        return assigning.conclude(self._pen, case, reason, keep_until, text)

    def hold(self, case: CaseFile, until: date | None, text: str) -> Outgoing:
        """Keep the case until ``until``, however old, or end that with ``None``. Raises as
        :meth:`note`."""
        return assigning.hold(self._pen, case, until, text)

    # -- contact details ------------------------------------------------------------------------

    def request_contact(self, case: CaseFile, text: str) -> Outgoing:
        """Ask the custodians to release the reporter's contact details.

        Raises ``NoContact`` where there are none, or they were taken back; else as :meth:`note`.
        """
        return disclosure.request_contact(self._pen, case, text)

    def release_contact(
        self,
        case: CaseFile,
        request: Entry[Payload],
        contact: GroupSecret,
        text: str,
        *,
        release: bool,
    ) -> Outgoing:
        """A custodian's answer to ``request``: the half it shows, opened with the group
        ``contact``, or that it is refused.

        Raises ``Locked`` for an entry that is no request or was not opened, ``DoesNotOpen`` for a
        half that was wrapped to another contact group, ``OverLimit``.
        """
        return disclosure.release_contact(self._pen, case, request, contact, text, release=release)

    def contact_details(self, case: CaseFile) -> str | None:
        """The contact details, where a custodian has released them; ``None`` where nobody has, or
        the reporter took them back.

        Raises ``DoesNotOpen`` where a half was released and does not fit, ``NotCanonical`` where
        what it opens is no text.
        """
        return disclosure.contact_details(case)


def _reporter_card(reporter: Sequence[Entry[ReporterPayload]]) -> Card | None:
    for entry in reporter:
        if entry.payload is not None:
            return import_card(entry.payload.card)
    return None
