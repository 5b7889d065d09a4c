import pytest

from crypto.constants import SIGNATURE, Tag
from crypto.documents import Link
from crypto.errors import WrongLength, WrongSignature
from crypto.signed import sign_document, split, verify_signed
from tests.crypto.world import Service, flipped

DOCUMENT = Link(3, bytes(32))


def _signed(service: Service) -> bytes:
    return sign_document(DOCUMENT, Tag.SIGN_DIRECTORY, service.publisher.keys, service.id)


def test_a_signed_document_is_signature_and_document(service: Service) -> None:
    signed = _signed(service)
    signature, data = split(signed)
    assert len(signature) == SIGNATURE
    assert data == DOCUMENT.to_bytes()
    verify_signed(signed, Tag.SIGN_DIRECTORY, service.publisher.keys.card.sign, service.id)


@pytest.mark.parametrize("length", [0, 63, 64])
def test_a_signature_without_a_document_is_refused(service: Service, length: int) -> None:
    cut = _signed(service)[:length]
    with pytest.raises(WrongLength):
        split(cut)
    with pytest.raises(WrongLength):
        verify_signed(cut, Tag.SIGN_DIRECTORY, service.id, service.id)


def test_each_bit_counts(service: Service) -> None:
    signed, key = _signed(service), service.publisher.keys.card.sign
    for i in range(len(signed)):
        for bit in range(8):
            with pytest.raises(WrongSignature):
                verify_signed(flipped(signed, i, bit), Tag.SIGN_DIRECTORY, key, service.id)


def test_another_key_service_or_purpose_does_not_verify(
    service: Service, elsewhere: Service
) -> None:
    signed, key = _signed(service), service.publisher.keys.card.sign
    for tag, signer, where in (
        (Tag.SIGN_CERTIFICATE, key, service.id),
        (Tag.SIGN_DIRECTORY, service.root.keys.card.sign, service.id),
        (Tag.SIGN_DIRECTORY, key, elsewhere.id),
    ):
        with pytest.raises(WrongSignature):
            verify_signed(signed, tag, signer, where)
