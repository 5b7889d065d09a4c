"""How somebody comes to the team: a request, and the root's answer to it (docs/protocol.md §6).

    JoinRequest   signed by the new card itself: whose card it is, and what is asked for
    Admission     signed by the root: the member as a roster will have it, with its certificates

The request is carried by whatever way there is, and so believed only after its card's fingerprint
was compared by another: what it asks for decides nothing. The admission is secret to nobody.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from crypto.certificates import (
    SIGNED_CERTIFICATE,
    Certificate,
    CertificateRole,
    certify,
    read_certificate,
)
from crypto.constants import CARD, ID, Tag
from crypto.encoding import Bytes, Choice, Document, Inner, Nullable, SortedSet, Text, member
from crypto.errors import ForeignService, NotCanonical
from crypto.keys import AnalystSecret, Card, RootSecret
from crypto.roster import LABEL, Duty, Member
from crypto.signed import sign_document, split, verify_signed

LARGEST_PAPER = 32 * 1024
"""A request or an admission is never longer than this, in bytes."""


@dataclass(frozen=True)
class JoinRequest(Document):
    """``card`` asks to be admitted to ``service``. Label and duties are what it would like."""

    service: bytes = member(Bytes(ID))
    card: bytes = member(Bytes(CARD))
    label: str = member(Text(LABEL, least=1))
    duties: tuple[Duty, ...] = member(SortedSet(Choice(Duty), len(Duty)))

    @cached_property
    def subject(self) -> Card:
        """The card of who asks."""
        return Card.from_bytes(self.card)


@dataclass(frozen=True)
class Admission(Document):
    """``admitted`` joins, as a publisher too where there is a certificate for it."""

    service: bytes = member(Bytes(ID))
    admitted: Member = member(Inner(Member))
    publisher: bytes | None = member(Nullable(Bytes(most=SIGNED_CERTIFICATE)))

    def check(self) -> None:
        """Nobody begins suspended; a publisher has the certificate, and nobody else does."""
        is_publisher = Duty.PUBLISHER in self.admitted.duties
        if self.admitted.suspended or is_publisher != (self.publisher is not None):
            raise NotCanonical


@dataclass(frozen=True)
class Terms:
    """What the root holder grants: from ``days[0]`` to ``days[1]``, both included."""

    label: str
    duties: tuple[Duty, ...]
    intake: bool
    days: tuple[date, date]


def sign_request(
    analyst: AnalystSecret, service: bytes, label: str, duties: tuple[Duty, ...]
) -> bytes:
    """``signature ‖ JoinRequest``. Raises ``NotCanonical`` for a label no roster can hold."""
    request = JoinRequest(service, analyst.keys.card.to_bytes(), label, duties)
    return sign_document(request, Tag.SIGN_JOIN, analyst.keys, service)


def read_request(signed: bytes, service: bytes) -> JoinRequest:
    """The verified request to ``service``: whoever holds the card's secret has signed it.

    The order: (1) form (2) service (3) the card's keys (4) signature. Raises ``Malformed`` and its
    kind, ``ForeignService``, ``WrongSignature``.
    """
    request = JoinRequest.from_bytes(split(signed)[1])  # (1)
    if request.service != service:
        raise ForeignService  # (2)
    verify_signed(signed, Tag.SIGN_JOIN, request.subject.sign, service)  # (3) (4)
    return request


def admit(card: Card, terms: Terms, root: RootSecret) -> bytes:
    """``signature ‖ Admission``: the root certifies ``card``, as its duties need.

    Raises ``NotCanonical`` for terms no roster can hold.
    """
    service = root.keys.card.id
    certificate = certify(card, CertificateRole.ANALYST, terms.days, root.keys, service)
    publisher = None
    if Duty.PUBLISHER in terms.duties:
        publisher = certify(card, CertificateRole.PUBLISHER, terms.days, root.keys, service)
    admitted = Member(
        card.to_bytes(), certificate, terms.label, terms.duties, terms.intake, suspended=False
    )
    admission = Admission(service, admitted, publisher)
    return sign_document(admission, Tag.SIGN_ADMISSION, root.keys, service)


def read_admission(signed: bytes, root: Card) -> Admission:
    """The verified admission to the service of ``root``. Days are not compared.

    The order: (1) form (2) service (3) the root's signature (4) each certificate, with the card
    beside it. Raises ``Malformed`` and its kind, ``ForeignService``, ``Forged`` and its kind.
    """
    admission = Admission.from_bytes(split(signed)[1])  # (1)
    if admission.service != root.id:
        raise ForeignService  # (2)
    verify_signed(signed, Tag.SIGN_ADMISSION, root.sign, root.id)  # (3)
    for each in certificates(admission, root):
        each.check_card(admission.admitted.subject)  # (4)
    return admission


def certificates(admission: Admission, root: Card) -> tuple[Certificate, ...]:
    """The admission's certificates, verified under the root: the analyst's is the first."""
    papers = [(admission.admitted.certificate, CertificateRole.ANALYST)]
    if admission.publisher is not None:
        papers.append((admission.publisher, CertificateRole.PUBLISHER))
    return tuple(
        read_certificate(signed, role, root.id, root.sign, root.id) for signed, role in papers
    )
