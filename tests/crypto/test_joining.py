"""A request to join, and the root's answer: who signed them, for whom, and every altered bit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.certificates import CertificateRole, certify
from crypto.constants import Tag
from crypto.errors import (
    ForeignAuthor,
    ForeignService,
    NotCanonical,
    ProtocolError,
    WrongId,
    WrongLength,
    WrongPoint,
    WrongRole,
    WrongSignature,
)
from crypto.joining import (
    Admission,
    JoinRequest,
    Terms,
    admit,
    certificates,
    read_admission,
    read_request,
    sign_request,
)
from crypto.keys import AnalystSecret, RootSecret
from crypto.roster import Duty
from crypto.signed import sign_document, split
from tests.crypto.points import BAD_ED25519
from tests.crypto.world import TODAY, flipped

ROOT, OTHER = RootSecret(b"r" * 32), RootSecret(b"o" * 32)
ANN, BOB = AnalystSecret(b"a" * 32), AnalystSecret(b"b" * 32)
SERVICE = ROOT.keys.card.id
DAYS = (TODAY, TODAY + timedelta(days=366))
TERMS = Terms("Ann", (Duty.ANALYST, Duty.PUBLISHER), True, DAYS)


def request() -> bytes:
    return sign_request(ANN, SERVICE, "Ann", (Duty.ANALYST,))


def admission(**changes: object) -> bytes:
    """Signed by the root, with what an honest one would not say."""
    honest = Admission.from_bytes(split(admit(ANN.keys.card, TERMS, ROOT))[1])
    return sign_document(
        replace(honest, **changes),  # type: ignore[arg-type]
        Tag.SIGN_ADMISSION, ROOT.keys, SERVICE,
    )  # fmt: skip


def test_a_request_is_read_by_the_team_it_is_for() -> None:
    read = read_request(request(), SERVICE)
    assert read == JoinRequest(SERVICE, ANN.keys.card.to_bytes(), "Ann", (Duty.ANALYST,))
    with pytest.raises(ForeignService):
        read_request(request(), OTHER.keys.card.id)


def test_an_admission_is_read_under_the_root_that_signed_it() -> None:
    read = read_admission(admit(ANN.keys.card, TERMS, ROOT), ROOT.keys.card)
    assert read.admitted.subject == ANN.keys.card
    assert [each.role for each in certificates(read, ROOT.keys.card)] == [
        CertificateRole.ANALYST, CertificateRole.PUBLISHER,
    ]  # fmt: skip
    with pytest.raises(ForeignService):
        read_admission(admit(ANN.keys.card, TERMS, OTHER), ROOT.keys.card)


@pytest.mark.parametrize(
    ("signed", "read"),
    [
        (request(), lambda data: read_request(data, SERVICE)),
        (admit(ANN.keys.card, TERMS, ROOT), lambda data: read_admission(data, ROOT.keys.card)),
    ],
    ids=["request", "admission"],
)
def test_every_flipped_bit_and_every_cut_is_refused(
    signed: bytes, read: Callable[[bytes], object]
) -> None:
    read(signed)
    for place in range(len(signed)):
        with pytest.raises(ProtocolError):
            read(flipped(signed, place, place % 8))
    for length in (0, 1, 63, 64, 65, len(signed) - 1):
        with pytest.raises(ProtocolError):
            read(signed[:length])
    with pytest.raises(ProtocolError):
        read(signed + b" ")


def test_a_request_in_anothers_name_is_refused() -> None:
    document = JoinRequest(SERVICE, ANN.keys.card.to_bytes(), "Ann", (Duty.ANALYST,))
    with pytest.raises(WrongSignature):
        read_request(sign_document(document, Tag.SIGN_JOIN, BOB.keys, SERVICE), SERVICE)
    with pytest.raises(WrongSignature):  # signed for another purpose
        read_request(sign_document(document, Tag.SIGN_ROSTER, ANN.keys, SERVICE), SERVICE)


def test_a_request_with_keys_that_no_honest_program_makes_is_refused() -> None:
    card = next(iter(BAD_ED25519.values())) + ANN.keys.card.to_bytes()[32:]
    document = JoinRequest(SERVICE, card, "Ann", (Duty.ANALYST,))
    with pytest.raises(WrongPoint):
        read_request(sign_document(document, Tag.SIGN_JOIN, ANN.keys, SERVICE), SERVICE)


def test_an_admission_holds_certificates_of_its_own_card_role_and_root() -> None:
    honest = read_admission(admission(), ROOT.keys.card)
    foreign = certify(BOB.keys.card, CertificateRole.ANALYST, DAYS, ROOT.keys, SERVICE)
    theirs = certify(ANN.keys.card, CertificateRole.ANALYST, DAYS, OTHER.keys, SERVICE)
    assert honest.publisher is not None
    for certificate, error in (
        (foreign, WrongId),
        (theirs, ForeignAuthor),
        (honest.publisher, WrongRole),
        (flipped(honest.admitted.certificate, 0, 1), WrongSignature),
        (b"", WrongLength),
    ):
        with pytest.raises(error):
            read_admission(
                admission(admitted=replace(honest.admitted, certificate=certificate)),
                ROOT.keys.card,
            )
    for publisher, error in (
        (certify(BOB.keys.card, CertificateRole.PUBLISHER, DAYS, ROOT.keys, SERVICE), WrongId),
        (honest.admitted.certificate, WrongRole),
    ):
        with pytest.raises(error):
            read_admission(admission(publisher=publisher), ROOT.keys.card)


def test_an_admission_by_somebody_whom_the_root_certified_is_refused() -> None:
    honest = Admission.from_bytes(split(admit(ANN.keys.card, TERMS, ROOT))[1])
    with pytest.raises(WrongSignature):
        read_admission(sign_document(honest, Tag.SIGN_ADMISSION, ANN.keys, SERVICE), ROOT.keys.card)


def test_a_publishers_duty_and_certificate_go_together_and_nobody_begins_suspended() -> None:
    honest = read_admission(admission(), ROOT.keys.card)
    with pytest.raises(NotCanonical):
        admission(publisher=None)
    with pytest.raises(NotCanonical):
        admission(admitted=replace(honest.admitted, duties=(Duty.ANALYST,)))
    with pytest.raises(NotCanonical):
        admission(admitted=replace(honest.admitted, suspended=True))


@pytest.mark.parametrize(
    "terms",
    [
        replace(TERMS, label=""),
        replace(TERMS, label="x" * 61),
        replace(TERMS, duties=()),
        replace(TERMS, duties=(Duty.CALLS,)),  # on intake duty, and may not read
        replace(TERMS, duties=(Duty.PUBLISHER, Duty.ANALYST)),
        replace(TERMS, days=(TODAY, TODAY - timedelta(days=1))),
        replace(TERMS, days=(TODAY, TODAY + timedelta(days=367))),
    ],
)
def test_terms_that_no_roster_can_hold_are_not_signed(terms: Terms) -> None:
    with pytest.raises(NotCanonical):
        admit(ANN.keys.card, terms, ROOT)
