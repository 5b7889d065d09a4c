"""Writing one envelope for the team, in the name of whoever has the mailbox (docs/protocol.md §5).

A ``team`` envelope is signed by the group that has the mailbox and goes with an entry of ``case``,
signed by the analyst and sealed to that group. What the fold of the chain would refuse of somebody
else is not written either.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.authors import Author
from crypto.casefile import CaseFile
from crypto.constants import SECRET
from crypto.directory import Directory
from crypto.documents import CasePayload, Reply, Sent, TeamPayload, Words
from crypto.envelope import Chain, Place, seal
from crypto.errors import ForeignAuthor, Locked, MailboxClosed, NotHandling, OverLimit
from crypto.handling import Rules
from crypto.keys import Card, Keys
from crypto.marks import is_holder_hidden
from crypto.outgoing import Outgoing, wrap_all
from crypto.primitives import RandomBytes


@dataclass(frozen=True)
class Pen:
    """An analyst's keys and those of the groups in the vault (card id → keys).

    ``supervisors`` and ``active`` are those of the rules: who may assign all, who may read today.
    """

    keys: Keys
    directory: Directory
    groups: Mapping[bytes, Keys]
    supervisors: frozenset[bytes]
    active: frozenset[bytes]
    random_bytes: RandomBytes

    @property
    def author(self) -> bytes:
        """The analyst's card id."""
        return self.keys.card.id

    def words(self, text: str, least: int = 0) -> Words:
        """The words of an entry. Raises ``OverLimit``."""
        self.check_length(text, least)
        return Words(self.random_bytes(SECRET), text)

    def check_length(self, text: str, least: int) -> None:
        """Raise ``OverLimit`` unless ``text`` has ``least`` characters, and no more than fit."""
        if not least <= len(text) <= self.directory.limits.text_characters:
            raise OverLimit(f"The text has {len(text):,} characters.")

    def signer(self, case: CaseFile) -> Keys:
        """The keys of the group that has the mailbox. Raises ``Locked`` where they are not here."""
        check_known(case)
        group = case.group.id if case.group is not None else self.directory.intake_card.id
        if group not in self.groups:
            raise Locked
        return self.groups[group]

    def team(
        self,
        case: CaseFile,
        payload: TeamPayload,
        signer: Keys,
        use: bytes | None,
    ) -> Outgoing:
        """The next ``team`` envelope, for the reporter and the group that signs it.

        Raises ``MailboxClosed``, or ``Locked`` where the reporter's card is not known.
        """
        if case.closed:
            raise MailboxClosed
        if case.card is None:
            raise Locked
        head = case.heads[Chain.TEAM]
        place = Place(Chain.TEAM, head.seq, case.mailbox, case.mailbox, head.prev)
        envelope, cek = seal(
            place, payload.to_bytes(), None, signer, self.directory.service, self.random_bytes
        )
        wraps = wrap_all(envelope, cek, (case.card, signer.card), self.random_bytes)
        files = payload.files if isinstance(payload, Reply) else ()
        return Outgoing(envelope, wraps, files, use, cek)

    def announce(self, case: CaseFile, envelope: Outgoing) -> Outgoing:
        """The ``sent`` entry of a ``team`` envelope. Raises as :meth:`case`."""
        words = self.words("")
        sent = Sent("sent", self.author, envelope.envelope.id, words.hash)
        return self.case(case, sent, words, self.readers(case))

    def readers(self, case: CaseFile) -> tuple[Card, ...]:
        """To whom an entry of ``case`` is sealed: first the group that has the mailbox.

        When the case is concluded, also to the handlers there were, who follow it until it is
        purged. Raises ``Locked`` where none of these keys is here.
        """
        check_known(case)
        cards = readers_of(case, self.directory)
        if not any(card.id in self.groups for card in cards):
            raise Locked
        return cards

    def case(
        self, case: CaseFile, payload: CasePayload, words: Words, cards: tuple[Card, ...]
    ) -> Outgoing:
        """The next ``case`` entry, sealed to ``cards``. Raises ``NotHandling``."""
        rules = Rules(case.mailbox, self.directory, self.supervisors, self.active)
        try:
            rules.follow(case.handling, payload)
        except ForeignAuthor:
            raise NotHandling from None
        head = case.heads[Chain.CASE]
        place = Place(Chain.CASE, head.seq, case.mailbox, cards[0].id, head.prev)
        envelope, cek = seal(
            place,
            payload.to_bytes(),
            words.to_bytes(),
            self.keys,
            self.directory.service,
            self.random_bytes,
        )
        wraps = wrap_all(envelope, cek, cards, self.random_bytes)
        return Outgoing(envelope, wraps, (), None, cek)


def use_of(group: Author | None) -> bytes | None:
    """What goes beside a ``team`` envelope of ``group`` (docs/protocol.md §9)."""
    return None if group is None else group.id


def readers_of(case: CaseFile, directory: Directory) -> tuple[Card, ...]:
    """The cards that an entry of ``case`` is sealed to, held here or not."""
    if case.group is not None and case.group.card is not None:
        return (case.group.card,)
    last = case.handling.last
    intake = directory.intake_card
    return (intake,) if last is None or last.card is None else (intake, last.card)


def check_known(case: CaseFile) -> None:
    """Raise ``Locked`` where who has the mailbox cannot be told: a ``handover`` may be hidden."""
    if is_holder_hidden(case.of(Chain.CASE), case.of(Chain.TEAM)):
        raise Locked
