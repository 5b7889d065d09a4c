"""Certificates: who may do what, and who says so (docs/protocol.md §6).

    root → analyst, publisher                 with first and last day
    intake group, or the case group before → case     for one mailbox, numbered, without dates

A certificate of one role is never accepted for another.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crypto.constants import ED25519_KEY, ID, Tag
from crypto.encoding import Bytes, Choice, Day, Document, Integer, Nullable, member
from crypto.errors import Expired, ForeignAuthor, NotCanonical, WrongId, WrongRole
from crypto.keys import Card, Keys
from crypto.signed import sign_document, split, verify_signed

SIGNED_CERTIFICATE = 4096
"""A signed certificate is never longer than this, in bytes."""
PUBLISHER_DAYS = 366
CLOCK_SLACK = timedelta(days=1)
"""A document is taken this long before its first day: clocks differ, and days turn over."""


class CertificateRole(StrEnum):
    """What the subject may do."""

    ANALYST = "analyst"
    PUBLISHER = "publisher"
    CASE = "case"


@dataclass(frozen=True)
class Certificate(Document):
    """``issuer`` says that ``subject``, whose signing key is ``sign``, has ``role``."""

    issuer: bytes = member(Bytes(ID))
    subject: bytes = member(Bytes(ID))
    sign: bytes = member(Bytes(ED25519_KEY))
    role: CertificateRole = member(Choice(CertificateRole))
    mailbox: bytes | None = member(Nullable(Bytes(ID)))
    number: int | None = member(Nullable(Integer(1)))
    not_before: date | None = member(Nullable(Day()))
    not_after: date | None = member(Nullable(Day()))

    def check(self) -> None:
        """A case has mailbox and number and no dates; the others have dates and neither."""
        is_case = self.role is CertificateRole.CASE
        if any((each is None) == is_case for each in (self.mailbox, self.number)):
            raise NotCanonical
        if is_case:
            if self.not_before is not None or self.not_after is not None:
                raise NotCanonical
            return
        if self.not_before is None or self.not_after is None or self.not_after < self.not_before:
            raise NotCanonical
        longest = timedelta(days=PUBLISHER_DAYS)
        if self.role is CertificateRole.PUBLISHER and self.not_after - self.not_before > longest:
            raise NotCanonical

    def check_day(self, today: date) -> None:
        """Raise ``Expired`` outside of the certificate's days. A case's has none."""
        if self.not_before is None or self.not_after is None:
            return
        if self.not_before - today > CLOCK_SLACK or today > self.not_after:
            raise Expired

    def check_card(self, card: Card) -> None:
        """Raise ``WrongId`` unless ``card`` is the subject's."""
        if card.id != self.subject or card.sign != self.sign:
            raise WrongId


def certify(
    subject: Card, role: CertificateRole, days: tuple[date, date], issuer: Keys, service: bytes
) -> bytes:
    """A signed certificate for an analyst or publisher, from the root."""
    certificate = Certificate(
        issuer.card.id, subject.id, subject.sign, role, None, None, days[0], days[1]
    )
    return sign_document(certificate, Tag.SIGN_CERTIFICATE, issuer, service)


def certify_case(subject: Card, mailbox: bytes, number: int, issuer: Keys, service: bytes) -> bytes:
    """A signed certificate for a case group, from an intake group or the case group before."""
    certificate = Certificate(
        issuer.card.id, subject.id, subject.sign, CertificateRole.CASE, mailbox, number, None, None
    )
    return sign_document(certificate, Tag.SIGN_CERTIFICATE, issuer, service)


def read_certificate(
    signed: bytes, role: CertificateRole, issuer: bytes, issuer_sign: bytes, service: bytes
) -> Certificate:
    """The verified certificate that the principal ``issuer`` signed.

    Days are not compared; see :meth:`Certificate.check_day`. Raises ``Malformed`` and its kind,
    ``ForeignAuthor`` for another issuer, ``WrongSignature``, ``WrongRole``.
    """
    certificate = Certificate.from_bytes(split(signed)[1])
    if certificate.issuer != issuer:
        raise ForeignAuthor
    verify_signed(signed, Tag.SIGN_CERTIFICATE, issuer_sign, service)
    if certificate.role is not role:
        raise WrongRole
    return certificate


def named_issuer(signed: bytes) -> bytes:
    """Whom a certificate names as its issuer; nothing of it is verified yet."""
    return Certificate.from_bytes(split(signed)[1]).issuer
