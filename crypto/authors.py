"""Who may write in the ``team`` chain of a mailbox, and in which order (docs/protocol.md §5).

An author is an intake group the directory lists, or a case group certified for this mailbox. Along
the chain epochs never fall and numbers go up by exactly one:

    from            to               when
    intake e        intake f         f ≥ e
    intake e        case n + 1       its certificate is an intake group's, of an epoch ≥ e; first
                                     with a ``handover``; n is the highest number so far
    case n          case n           not after its ``closing``, and no second ``handover``
    case n          case n + 1       its certificate is case n's own or an intake group's; first
                                     with a ``handover``
    case n          intake f         after ``closing``, f ≥ every epoch before

A certificate by a case group that no longer has the case is worth nothing: otherwise a handler who
was removed could certify somebody behind the back of the one who followed.
"""

from dataclasses import dataclass

from crypto.certificates import CertificateRole, named_issuer, read_certificate
from crypto.directory import Directory
from crypto.documents import Closing, GroupProof, Handover, TeamPayload
from crypto.errors import ForeignAuthor
from crypto.keys import Card


@dataclass(frozen=True)
class Author:
    """A verified author. ``epoch`` is that of the intake group its certificates start from.

    An intake group has number 0 and neither ``card`` nor ``issuer``. A case group's ``issuer``
    signed the last of its certificates.
    """

    id: bytes
    sign: bytes
    epoch: int
    number: int = 0
    card: Card | None = None
    issuer: bytes | None = None


def find_author(payload: TeamPayload, mailbox: bytes, directory: Directory) -> Author:
    """The author a payload names, from the only two members that may be read before its signature.

    Raises ``ForeignAuthor``, ``WrongRole``, ``WrongId``, ``WrongSignature`` or ``Malformed``.
    """
    if payload.group is None:
        if payload.author not in directory.intake_groups:
            raise ForeignAuthor
        epoch, sign = directory.intake_groups[payload.author]
        return Author(payload.author, sign, epoch)
    author = certified_group(payload.group, mailbox, directory)
    if author.id != payload.author:
        raise ForeignAuthor
    return author


def certified_group(proof: GroupProof, mailbox: bytes, directory: Directory) -> Author:
    """The case group at the end of a chain of certificates that starts at a listed intake group.

    Each link is of the role ``case``, for this mailbox, and numbered one above the one before. No
    key of the directory may come back as a case group.
    """
    if not proof.certificates:
        raise ForeignAuthor
    subject = issuer = named_issuer(proof.certificates[0])
    if subject not in directory.intake_groups:
        raise ForeignAuthor
    epoch, sign = directory.intake_groups[subject]
    number = 0
    for signed in proof.certificates:
        certificate = read_certificate(
            signed, CertificateRole.CASE, subject, sign, directory.service
        )
        if certificate.mailbox != mailbox or certificate.number is None:
            raise ForeignAuthor
        if number and certificate.number != number + 1:
            raise ForeignAuthor
        issuer, subject = subject, certificate.subject
        sign, number = certificate.sign, certificate.number
    card = Card.from_bytes(proof.card)
    if card.id != subject or card.sign != sign or card.id in _listed(directory):
        raise ForeignAuthor
    return Author(card.id, sign, epoch, number, card, issuer)


def _listed(directory: Directory) -> frozenset[bytes]:
    others = (directory.root_card.id, directory.contact_card.id)
    return frozenset(directory.intake_groups) | frozenset(others)


class Succession:
    """Follows the authors of one ``team`` chain, envelope by envelope, in the chain's order."""

    def __init__(self, directory: Directory) -> None:
        self._intake = frozenset(directory.intake_groups)
        self._epoch = 0
        self._number = 0
        self.current: Author | None = None
        """Who has the mailbox: the last author, ``None`` at the start and after a ``closing``."""
        self.groups: set[bytes] = set()
        """The ids of every case group that has had the mailbox."""

    def check(self, author: Author, payload: TeamPayload) -> None:
        """Raise ``ForeignAuthor`` unless ``author`` may write ``payload`` next."""
        handover = isinstance(payload, Handover)
        if author.card is None:
            self._check_intake(author, handover)
        elif self._has_case(author):
            if handover or author != self.current:  # or its own key under another certificate
                raise ForeignAuthor
        else:
            self._check_new_case(author, handover)

    def admit(self, author: Author, payload: TeamPayload) -> None:
        """Take one more envelope whose signature was verified. Raises ``ForeignAuthor``."""
        self.check(author, payload)
        self._epoch = author.epoch
        if author.card is not None:
            self._number = author.number
            self.groups.add(author.id)
        self.current = None if isinstance(payload, Closing) else author

    @property
    def number(self) -> int:
        """The highest number a case group has had here; 0 where there was none."""
        return self._number

    @property
    def case_card(self) -> Card | None:
        """The card to seal to where a case group has the mailbox; ``None`` for the intake group."""
        return self.current.card if self.current is not None else None

    def _has_case(self, author: Author) -> bool:
        return self.case_card is not None and author.id == self.case_card.id

    def _check_intake(self, author: Author, handover: bool) -> None:
        if handover or self.case_card is not None or author.epoch < self._epoch:
            raise ForeignAuthor

    def _check_new_case(self, author: Author, handover: bool) -> None:
        if not handover or author.number != self._number + 1 or author.epoch < self._epoch:
            raise ForeignAuthor
        followed = self.case_card is not None and author.issuer == self.case_card.id
        if not followed and author.issuer not in self._intake:
            raise ForeignAuthor
