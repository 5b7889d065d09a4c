from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.constants import NONCE, Tag
from crypto.contact import DETAILS_BYTES, open_contact, open_half, seal_contact
from crypto.documents import Contact
from crypto.errors import DoesNotOpen, NotCanonical, OverLimit
from crypto.primitives import H, aead_open, aead_seal
from tests.crypto.world import Service, flipped, mailbox, stream

ANN, BEN = (mailbox(name).keys.card.id for name in ("ann", "ben"))
DETAILS = "Call after six, +00 000 0000, ask for nobody. Žluť 🌿"


@pytest.fixture
def contact(service: Service) -> Contact:
    return seal_contact(DETAILS, ANN, service.contact.keys.card, stream("contact"))


def test_both_halves_together_open_the_details(service: Service, contact: Contact) -> None:
    second = open_half(contact, ANN, service.contact.keys)
    assert open_contact(contact, second, ANN) == DETAILS


@settings(max_examples=20)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_details_come_back(details: str) -> None:
    service = Service("drop")
    contact = seal_contact(details, ANN, service.contact.keys.card, stream("contact"))
    assert open_contact(contact, open_half(contact, ANN, service.contact.keys), ANN) == details


def test_a_handler_alone_opens_nothing(service: Service, contact: Contact) -> None:
    """She has the compartment and the first half, and a guess at the second."""
    for second in (bytes(32), contact.first, contact.second[:32], contact.sealed[:32]):
        with pytest.raises(DoesNotOpen):
            open_contact(contact, second, ANN)
    for keys in (service.intake[2].keys, service.analyst.keys, mailbox("ann").keys):
        with pytest.raises(DoesNotOpen):
            open_half(contact, ANN, keys)


def test_a_custodian_alone_opens_nothing(service: Service, contact: Contact) -> None:
    """He has the second half and no first."""
    second = open_half(contact, ANN, service.contact.keys)
    for first in (bytes(32), second):
        with pytest.raises(DoesNotOpen):
            open_contact(replace(contact, first=first), second, ANN)


def test_the_halves_are_not_each_other(service: Service, contact: Contact) -> None:
    second = open_half(contact, ANN, service.contact.keys)
    with pytest.raises(DoesNotOpen):
        open_contact(replace(contact, first=second), contact.first, ANN)


def test_a_half_of_one_mailbox_is_none_of_another(service: Service, contact: Contact) -> None:
    with pytest.raises(DoesNotOpen):
        open_half(contact, BEN, service.contact.keys)


def test_details_of_one_mailbox_are_none_of_another(service: Service, contact: Contact) -> None:
    second = open_half(contact, ANN, service.contact.keys)
    with pytest.raises(DoesNotOpen):
        open_contact(contact, second, BEN)


def test_a_former_contact_group_opens_nothing_new(
    service: Service, elsewhere: Service, contact: Contact
) -> None:
    """When a custodian leaves there is a new group (P7)."""
    with pytest.raises(DoesNotOpen):
        open_half(contact, ANN, elsewhere.contact.keys)


def test_each_byte_of_the_compartment_counts(service: Service, contact: Contact) -> None:
    """The sealed details and both halves (P24)."""
    keys = service.contact.keys
    second = open_half(contact, ANN, keys)
    for i in range(len(contact.sealed)):
        with pytest.raises(DoesNotOpen):
            open_contact(replace(contact, sealed=flipped(contact.sealed, i, i % 8)), second, ANN)
    for i in range(32):
        with pytest.raises(DoesNotOpen):
            open_contact(replace(contact, first=flipped(contact.first, i, i % 8)), second, ANN)
        with pytest.raises(DoesNotOpen):
            open_contact(contact, flipped(second, i, i % 8), ANN)
    for i in range(0, len(contact.second), 7):
        with pytest.raises(DoesNotOpen):
            open_half(replace(contact, second=flipped(contact.second, i, i % 8)), ANN, keys)


@pytest.mark.parametrize("length", [0, 1, NONCE, NONCE + 15])
def test_a_cut_compartment_does_not_open(service: Service, contact: Contact, length: int) -> None:
    second = open_half(contact, ANN, service.contact.keys)
    with pytest.raises(DoesNotOpen):
        open_contact(replace(contact, sealed=contact.sealed[:length]), second, ANN)


def test_details_have_a_limit(service: Service) -> None:
    card = service.contact.keys.card
    seal_contact("a" * DETAILS_BYTES, ANN, card, stream("contact"))
    for details in ("a" * (DETAILS_BYTES + 1), "é" * (DETAILS_BYTES // 2 + 1)):
        with pytest.raises(OverLimit):
            seal_contact(details, ANN, card, stream("contact"))


def test_details_that_are_not_text_are_refused(service: Service, contact: Contact) -> None:
    second = open_half(contact, ANN, service.contact.keys)
    nonce = contact.sealed[:NONCE]
    key = H(Tag.CONTACT, contact.first, second)
    assert aead_open(key, nonce, contact.sealed[NONCE:], ANN) == DETAILS.encode()
    latin = nonce + aead_seal(key, nonce, DETAILS[:20].encode() + b"\xe9", ANN)
    with pytest.raises(NotCanonical):
        open_contact(replace(contact, sealed=latin), second, ANN)
    with pytest.raises(NotCanonical) as caught:
        seal_contact("a lone surrogate: \udcff", ANN, service.contact.keys.card, stream("x"))
    assert "surrogate" not in str(caught.value)


def test_halves_and_nonce_are_new_every_time(service: Service, contact: Contact) -> None:
    again = seal_contact(DETAILS, ANN, service.contact.keys.card, stream("again"))
    assert again.first != contact.first
    assert again.sealed[:NONCE] != contact.sealed[:NONCE]
    keys = service.contact.keys
    assert open_half(again, ANN, keys) != open_half(contact, ANN, keys)
    with pytest.raises(DoesNotOpen):
        open_contact(again, open_half(contact, ANN, keys), ANN)
