from datetime import date, timedelta
from itertools import permutations, product
from typing import Any

import pytest

from crypto.certificates import (
    SIGNED_CERTIFICATE,
    Certificate,
    CertificateRole,
    certify,
    certify_case,
    named_issuer,
    read_certificate,
)
from crypto.constants import Tag
from crypto.errors import (
    Expired,
    ForeignAuthor,
    NotCanonical,
    ProtocolError,
    WrongId,
    WrongLength,
    WrongRole,
    WrongSignature,
)
from crypto.keys import Card
from crypto.signed import sign_document
from tests.crypto.second_forms import second_forms
from tests.crypto.world import EPOCH, Service, flipped, mailbox

ROLES = tuple(CertificateRole)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def _of(service: Service, role: CertificateRole) -> bytes:
    """A certificate of each role, all from one issuer and for one subject."""
    subject, issuer = service.publisher.keys.card, service.root.keys
    if role is CertificateRole.CASE:
        return certify_case(subject, mailbox("ann").keys.card.id, 1, issuer, service.id)
    return certify(subject, role, (FIRST, LAST), issuer, service.id)


def _read(service: Service, signed: bytes, role: CertificateRole) -> Certificate:
    card = service.root.keys.card
    return read_certificate(signed, role, card.id, card.sign, service.id)


@pytest.mark.parametrize(("made", "asked"), list(product(ROLES, ROLES)))
def test_a_certificate_is_accepted_for_its_role_alone(
    service: Service, made: CertificateRole, asked: CertificateRole
) -> None:
    """Every role brought for every other (PROTOCOL §12)."""
    signed = _of(service, made)
    if made is asked:
        assert _read(service, signed, asked).role is made
        return
    with pytest.raises(WrongRole):
        _read(service, signed, asked)


@pytest.mark.parametrize("role", ROLES)
def test_a_certificate_names_its_subject_and_issuer(
    service: Service, role: CertificateRole
) -> None:
    signed = _of(service, role)
    certificate = _read(service, signed, role)
    certificate.check_card(service.publisher.keys.card)
    assert certificate.issuer == service.id == named_issuer(signed)
    assert len(signed) <= SIGNED_CERTIFICATE


def test_a_certificate_is_for_one_card(service: Service) -> None:
    """Same signing key and another id, or the other way round (P1)."""
    card, other = service.publisher.keys.card, service.analyst.keys.card
    certificate = _read(service, _of(service, CertificateRole.ANALYST), CertificateRole.ANALYST)
    for wrong in (
        other,
        Card(other.auth, card.sign, card.box, card.kem),
        Card(card.auth, other.sign, card.box, card.kem),
    ):
        with pytest.raises(WrongId):
            certificate.check_card(wrong)
    lying = Certificate(
        service.id, card.id, other.sign, CertificateRole.ANALYST, None, None, FIRST, LAST
    )
    with pytest.raises(WrongId):
        lying.check_card(card)


def test_a_certificate_of_another_issuer_is_refused(service: Service, elsewhere: Service) -> None:
    signed = _of(elsewhere, CertificateRole.PUBLISHER)
    with pytest.raises(ForeignAuthor):
        _read(service, signed, CertificateRole.PUBLISHER)


def test_a_certificate_signed_by_somebody_who_names_the_root_is_refused(service: Service) -> None:
    """An analyst certifies himself as publisher, with the root's id on it."""
    card = service.analyst.keys.card
    forged = Certificate(
        service.id, card.id, card.sign, CertificateRole.PUBLISHER, None, None, FIRST, LAST
    )
    signed = sign_document(forged, Tag.SIGN_CERTIFICATE, service.analyst.keys, service.id)
    with pytest.raises(WrongSignature):
        _read(service, signed, CertificateRole.PUBLISHER)


def test_a_certificate_for_another_service_is_refused(service: Service) -> None:
    """The root's key used under another service's name."""
    card = service.publisher.keys.card
    signed = certify(card, CertificateRole.PUBLISHER, (FIRST, LAST), service.root.keys, bytes(32))
    with pytest.raises(WrongSignature):
        _read(service, signed, CertificateRole.PUBLISHER)


def test_a_signature_of_another_purpose_is_no_certificate(service: Service) -> None:
    document = _read(service, _of(service, CertificateRole.ANALYST), CertificateRole.ANALYST)
    for tag in (tag for tag in Tag if tag is not Tag.SIGN_CERTIFICATE):
        signed = sign_document(document, tag, service.root.keys, service.id)
        with pytest.raises(WrongSignature):
            _read(service, signed, CertificateRole.ANALYST)


@pytest.mark.parametrize("role", ROLES)
def test_each_bit_of_a_certificate_counts(service: Service, role: CertificateRole) -> None:
    """All of them, signature and document (P24)."""
    signed = _of(service, role)
    for i in range(len(signed)):
        for bit in range(8):
            with pytest.raises(ProtocolError):
                _read(service, flipped(signed, i, bit), role)


@pytest.mark.parametrize("role", ROLES)
def test_no_second_form_of_a_certificate_is_read(service: Service, role: CertificateRole) -> None:
    """Even signed by the issuer: there is one form (PROTOCOL §12)."""
    issuer = service.root.keys
    document = _of(service, role)[64:]
    for _, form in second_forms(document):
        signed = issuer.sign(Tag.SIGN_CERTIFICATE, service.id, form) + form
        with pytest.raises((NotCanonical, WrongLength)):
            _read(service, signed, role)


# -- rules between the members ------------------------------------------------------------------

GOOD: dict[CertificateRole, dict[str, Any]] = {
    CertificateRole.CASE: {
        "mailbox": bytes(32),
        "number": 1,
        "not_before": None,
        "not_after": None,
    },
    CertificateRole.ANALYST: {
        "mailbox": None,
        "number": None,
        "not_before": FIRST,
        "not_after": LAST,
    },
    CertificateRole.PUBLISHER: {
        "mailbox": None,
        "number": None,
        "not_before": FIRST,
        "not_after": FIRST + timedelta(days=366),
    },
}


def _make(role: CertificateRole, **changes: Any) -> Certificate:
    return Certificate(
        **{"issuer": bytes(32), "subject": bytes(32), "sign": bytes(32), "role": role}
        | GOOD[role]
        | changes
    )


@pytest.mark.parametrize(
    ("role", "changes"),
    [
        (CertificateRole.CASE, {"mailbox": None}),
        (CertificateRole.CASE, {"number": None}),
        (CertificateRole.CASE, {"number": 0}),
        (CertificateRole.CASE, {"not_before": FIRST}),
        (CertificateRole.CASE, {"not_after": LAST}),
        (CertificateRole.ANALYST, {"mailbox": bytes(32)}),
        (CertificateRole.ANALYST, {"number": 1}),
        (CertificateRole.ANALYST, {"not_before": None}),
        (CertificateRole.ANALYST, {"not_after": None}),
        (CertificateRole.ANALYST, {"not_after": FIRST - timedelta(days=1)}),
        (CertificateRole.PUBLISHER, {"not_after": FIRST + timedelta(days=367)}),
        (CertificateRole.PUBLISHER, {"mailbox": bytes(32), "number": 1}),
    ],
)
def test_a_certificate_that_breaks_a_rule_cannot_be_made_or_read(
    role: CertificateRole, changes: dict[str, Any]
) -> None:
    good = _make(role)
    assert Certificate.from_bytes(good.to_bytes()) == good
    with pytest.raises(NotCanonical):
        _make(role, **changes)
    bad = object.__new__(Certificate)
    for name, _ in Certificate.codecs():
        object.__setattr__(bad, name, changes.get(name, getattr(good, name)))
    if changes != {"number": 0}:  # that one cannot even be written
        with pytest.raises(NotCanonical):
            Certificate.from_bytes(bad.to_bytes())


def test_a_certificate_of_one_day_can_be_made() -> None:
    _make(CertificateRole.ANALYST, not_after=FIRST).check_day(FIRST)


def test_an_analysts_certificate_may_be_longer_than_a_year() -> None:
    _make(CertificateRole.ANALYST, not_after=FIRST + timedelta(days=3000))


# -- days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [CertificateRole.ANALYST, CertificateRole.PUBLISHER])
def test_a_certificate_is_good_on_its_days(role: CertificateRole) -> None:
    certificate = _make(role, not_after=LAST)
    day = timedelta(days=1)
    for today in (FIRST - day, FIRST, LAST - day, LAST):  # one day early: clocks differ
        certificate.check_day(today)
    for today in (date.min, FIRST - 2 * day, LAST + day, date.max):
        with pytest.raises(Expired):
            certificate.check_day(today)


def test_a_cases_certificate_does_not_end() -> None:
    for today in (date.min, date.max):
        _make(CertificateRole.CASE).check_day(today)


def test_days_at_the_ends_of_the_calendar_are_compared() -> None:
    """No date is out of reach of an arithmetic error."""
    early = _make(CertificateRole.ANALYST, not_before=date.min, not_after=date.min)
    late = _make(CertificateRole.ANALYST, not_before=date.max, not_after=date.max)
    early.check_day(date.min)
    late.check_day(date.max)
    for certificate, today in ((early, date.max), (late, date.min)):
        with pytest.raises(Expired):
            certificate.check_day(today)


def test_no_two_certificates_stand_for_each_other(service: Service) -> None:
    """Signature of one and document of another, over all pairs (P1)."""
    case = service.case(mailbox("ann").keys.card.id, issuer=service.intake[EPOCH])
    papers = [_of(service, role) for role in ROLES]
    papers.append(case.proof.certificates[0])
    for one, other in permutations(papers, 2):
        for role in ROLES:
            with pytest.raises(ProtocolError):
                _read(service, one[:64] + other[64:], role)
