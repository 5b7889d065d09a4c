"""What a package to a unit holds, and an answer to it (docs/protocol.md §7).

    Package       the report, the same as PDF, who consented and who sent it, and where answers go
    UnitAnswer    an acknowledgement, an outcome or a question of a unit

A unit trusts the team's root and nobody else: two certificates of it stand in the package, of two
people, for one alone can release nothing. Neither names anybody; cards are random numbers.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from crypto.certificates import SIGNED_CERTIFICATE, Certificate, CertificateRole, read_certificate
from crypto.constants import CARD, ID, MIB, SIGNATURE, Tag
from crypto.documents import SLUG
from crypto.encoding import Bytes, Choice, Day, Document, Inner, Integer, Matching, Text, member
from crypto.errors import ForeignAuthor, ForeignService, NotCanonical, WrongLength
from crypto.keys import AnalystSecret, AnswerSecret, Card, Keys, UnitSecret, verify
from crypto.package import Opened, Way, open_package, seal_package
from crypto.primitives import H, RandomBytes
from inbox_ui.work.intelligence import REMARK, Intelligence, Says
from inbox_ui.work.units import Unit

LARGEST_PDF: Final = 4 * MIB
_LENGTH: Final = 8


@dataclass(frozen=True)
class Package(Document):
    """``consented`` and ``sent`` are the root's certificates of two people; ``consent`` is the
    first one's signature over exactly this report. ``answers`` is the card that answers are sealed
    to: it was made for this package."""

    service: bytes = member(Bytes(ID))
    unit: str = member(Matching(SLUG))
    card: bytes = member(Bytes(ID))
    report: Intelligence = member(Inner(Intelligence))
    consented: bytes = member(Bytes(most=SIGNED_CERTIFICATE))
    consent: bytes = member(Bytes(SIGNATURE))
    sent: bytes = member(Bytes(most=SIGNED_CERTIFICATE))
    answers: bytes = member(Bytes(CARD))

    @property
    def answer_card(self) -> Card:
        """Where answers go."""
        return Card.from_bytes(self.answers)

    @property
    def hash(self) -> bytes:
        """32 bytes that an answer names it by."""
        return H(Tag.RELEASED, self.to_bytes())

    def __repr__(self) -> str:
        return "<Package>"


@dataclass(frozen=True)
class UnitAnswer(Document):
    """The ``number``-th answer of ``unit`` to the package with this hash. Written on ``day``."""

    service: bytes = member(Bytes(ID))
    package: bytes = member(Bytes(ID))
    unit: str = member(Matching(SLUG))
    number: int = member(Integer(1))
    says: Says = member(Choice(Says))
    day: date = member(Day())
    text: str = member(Text(REMARK))

    def check(self) -> None:
        """An outcome and a question have words."""
        if self.says is not Says.ACKNOWLEDGED and not self.text.strip():
            raise NotCanonical

    def __repr__(self) -> str:
        return "<UnitAnswer>"


@dataclass(frozen=True)
class Delivery:
    """A package that was opened and verified, with its PDF."""

    package: Package
    pdf: bytes

    def __repr__(self) -> str:
        return "<Delivery>"


def sign_consent(report: Intelligence, analyst: AnalystSecret, service: bytes) -> bytes:
    """The signature by which ``analyst`` lets exactly ``report`` go."""
    return analyst.keys.sign(Tag.SIGN_CONSENT, service, report.to_bytes())


def check_consent(report: Intelligence, signature: bytes, sign_key: bytes, service: bytes) -> None:
    """Raise ``WrongSignature`` unless ``signature`` lets exactly ``report`` go."""
    verify(sign_key, signature, Tag.SIGN_CONSENT, service, report.to_bytes())


def seal(
    package: Package, pdf: bytes, unit: Unit, sender: Keys, random_bytes: RandomBytes
) -> bytes:
    """The file for ``unit``. Raises ``WrongLength`` for a PDF of more than 4 MiB."""
    if len(pdf) > LARGEST_PDF:
        raise WrongLength
    document = package.to_bytes()
    content = len(document).to_bytes(_LENGTH, "little") + document + pdf
    return seal_package(Way.OUT, content, sender, unit.subject, package.service, random_bytes)


def open_for_unit(data: bytes, unit: UnitSecret, root: Card, today: date) -> Delivery:
    """The verified package in ``data``.

    The order: (1) it opens with the unit's card, for this service (2) form (3) it is for this card
    and service, and names its unit among the recipients (4) the root certified two people, and both
    are good today (5) one of them consented to exactly this report (6) the other sent it. Raises
    ``Malformed`` and its kind, ``DoesNotOpen``, ``ForeignService``, ``Forged`` and its kind,
    ``Expired``.
    """
    opened = open_package(Way.OUT, data, unit.keys, root.id)  # (1)
    package, pdf = _split(opened)  # (2)
    if package.service != root.id or package.card != unit.keys.card.id:
        raise ForeignService  # (3)
    if package.unit not in package.report.recipients:
        raise NotCanonical
    package.answer_card  # noqa: B018 - raises for keys no honest one has
    consented, sent = (_certified(each, root, today) for each in (package.consented, package.sent))
    if consented.subject == sent.subject or consented.sign == sent.sign:
        raise ForeignAuthor  # (4)
    check_consent(package.report, package.consent, consented.sign, root.id)  # (5)
    opened.verify(sent.sign)  # (6)
    return Delivery(package, pdf)


def seal_answer(
    answer: UnitAnswer, unit: UnitSecret, card: Card, random_bytes: RandomBytes
) -> bytes:
    """The file that goes back to the team."""
    content = answer.to_bytes()
    return seal_package(Way.BACK, content, unit.keys, card, answer.service, random_bytes)


def open_answer(data: bytes, secret: AnswerSecret, sign_key: bytes, service: bytes) -> UnitAnswer:
    """The verified answer in ``data``, signed by the unit with ``sign_key``.

    Raises as :func:`open_package`, ``WrongSignature``, ``ForeignService``.
    """
    opened = open_package(Way.BACK, data, secret.keys, service)
    opened.verify(sign_key)
    answer = UnitAnswer.from_bytes(opened.content)
    if answer.service != service:
        raise ForeignService
    return answer


def _split(opened: Opened) -> tuple[Package, bytes]:
    content = opened.content
    length = int.from_bytes(content[:_LENGTH], "little")
    end = _LENGTH + length
    if len(content) < _LENGTH or len(content) < end:
        raise WrongLength
    return Package.from_bytes(content[_LENGTH:end]), content[end:]


def _certified(signed: bytes, root: Card, today: date) -> Certificate:
    certificate = read_certificate(signed, CertificateRole.ANALYST, root.id, root.sign, root.id)
    certificate.check_day(today)
    return certificate
