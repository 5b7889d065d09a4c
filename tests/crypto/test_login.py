import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import login
from crypto.constants import Tag
from crypto.errors import ForeignOrigin, ProtocolError, WrongLength, WrongPoint, WrongSignature
from crypto.keys import MailboxSecret
from crypto.primitives import H, ed25519_verify
from tests.crypto.points import BAD_ED25519
from tests.crypto.world import ORIGIN, Mailbox, Service, flipped, secret

ANN = secret(MailboxSecret, "ann").keys
SERVICE = b"\x01" * 32
CHALLENGE = "token.of-the-server_123"


def _address(**changes: object) -> bytes:
    given: dict[str, object] = {
        "auth": ANN.card.auth,
        "keys_hash": ANN.card.keys_hash,
        "service": SERVICE,
        "origin": ORIGIN,
        "challenge": CHALLENGE,
        "signature": login.answer(ANN, SERVICE, ORIGIN, CHALLENGE),
    }
    return login.verify_answer(**given | changes)  # type: ignore[arg-type]


def test_a_right_answer_gives_the_address() -> None:
    assert _address() == ANN.card.id


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("origin", "https://other.example"),
        ("origin", ORIGIN + ":8443"),
        ("origin", ""),
        ("challenge", CHALLENGE + "4"),
        ("challenge", ""),
        ("service", b"\x02" * 32),
        ("keys_hash", bytes(32)),
        ("keys_hash", b""),
        ("auth", secret(MailboxSecret, "ben").keys.card.auth),
        ("auth", ANN.card.sign),
        ("signature", bytes(64)),
        ("signature", b""),
    ],
)
def test_an_answer_is_good_for_one_place_and_challenge(member: str, value: object) -> None:
    """Replayed for another challenge, relayed to another origin or service (P18)."""
    with pytest.raises(WrongSignature):
        _address(**{member: value})


def test_origin_and_challenge_do_not_run_into_each_other() -> None:
    moved = login.answer(ANN, SERVICE, ORIGIN + "t", CHALLENGE[1:])
    with pytest.raises(WrongSignature):
        _address(signature=moved)


@pytest.mark.parametrize("point", BAD_ED25519.values(), ids=BAD_ED25519)
def test_nobody_logs_in_with_a_bad_key(point: bytes) -> None:
    """A key of small order would answer every challenge (P14)."""
    with pytest.raises(WrongPoint):
        _address(auth=point, signature=(1).to_bytes(32, "little") + bytes(32))


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(WrongLength):
        _address(auth=ANN.card.auth[:31])


def test_each_bit_of_an_answer_counts() -> None:
    """Signature, key, hash of the others: all eight bits of every byte (P24)."""
    good = {
        "signature": login.answer(ANN, SERVICE, ORIGIN, CHALLENGE),
        "auth": ANN.card.auth,
        "keys_hash": ANN.card.keys_hash,
        "service": SERVICE,
    }
    for member, value in good.items():
        for i in range(len(value)):
            for bit in range(8):
                with pytest.raises(ProtocolError):
                    _address(**{member: flipped(value, i, bit)})


@given(st.sampled_from([tag for tag in Tag if tag is not Tag.SIGN_LOGIN]), st.text())
def test_an_answer_is_never_a_signature_of_something_else(tag: Tag, challenge: str) -> None:
    """A server that sets the preimage of a message as its challenge gets nothing (P17)."""
    signature = login.answer(ANN, SERVICE, ORIGIN, challenge)
    messages = (
        challenge.encode(),
        H(tag, SERVICE, challenge.encode()),
        H(tag, SERVICE, ORIGIN.encode(), ANN.card.id, challenge.encode()),
    )
    for key in (ANN.card.sign, ANN.card.auth):
        for message in messages:
            with pytest.raises(WrongSignature):
                ed25519_verify(key, signature, message)


def test_nobody_answers_at_an_origin_the_directory_does_not_name(service: Service) -> None:
    """A server elsewhere that passes our challenge on (P18)."""
    box = Mailbox(service)
    for client in (box.reporter, service.team()):
        assert len(client.login(ORIGIN, CHALLENGE)) == 64
        for origin in ("https://evil.example", ORIGIN + "/", ORIGIN.upper(), "http" + ORIGIN[5:]):
            with pytest.raises(ForeignOrigin):
                client.login(origin, CHALLENGE)


def test_reporter_and_analyst_answer_with_their_own_keys(service: Service) -> None:
    box = Mailbox(service)
    for client in (box.reporter, service.team()):
        signature = client.login(ORIGIN, CHALLENGE)
        card = client.card
        address = login.verify_answer(
            card.auth, card.keys_hash, service.id, ORIGIN, CHALLENGE, signature
        )
        assert address == card.id
    assert box.reporter.address == box.address
