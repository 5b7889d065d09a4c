"""Packages to units and their answers: what opens, for whom, and by whose signature."""

import secrets
from collections.abc import Callable

import pytest

from crypto.constants import MIB, NONCE, Context
from crypto.errors import (
    DoesNotOpen,
    ProtocolError,
    UnknownVersion,
    WrongCommitment,
    WrongLength,
    WrongPadding,
    WrongSignature,
)
from crypto.keys import AnalystSecret, UnitSecret
from crypto.package import LARGEST, LARGEST_CONTENT, Way, open_package, seal_package
from crypto.padding import pad
from crypto.primitives import aead_seal, derive
from crypto.wrapping import wrap

SERVICE = bytes([7]) * 32
SENDER = AnalystSecret(bytes([1]) * 32).keys
UNIT = UnitSecret(bytes([2]) * 32).keys
CONTENT = b"Information suggests that a door was left open."


def seal(way: Way = Way.OUT, content: bytes = CONTENT) -> bytes:
    return seal_package(way, content, SENDER, UNIT.card, SERVICE, secrets.token_bytes)


@pytest.mark.parametrize("way", Way)
def test_the_recipient_opens_it_and_can_tell_who_signed(way: Way) -> None:
    opened = open_package(way, seal(way), UNIT, SERVICE)
    opened.verify(SENDER.card.sign)
    assert opened.content == CONTENT
    assert CONTENT.decode() not in repr(opened)


def test_its_size_says_little() -> None:
    assert len(seal(content=b"a")) == len(seal(content=b"a" * 10_000))


def test_the_longest_fits_and_a_longer_one_is_refused() -> None:
    assert len(seal(content=bytes(LARGEST_CONTENT))) == LARGEST
    with pytest.raises(WrongLength):
        seal(content=bytes(LARGEST_CONTENT + 1))


def test_nobody_else_opens_it() -> None:
    with pytest.raises(DoesNotOpen):
        open_package(Way.OUT, seal(), SENDER, SERVICE)


def test_it_opens_in_no_other_service_and_on_no_other_way() -> None:
    with pytest.raises(DoesNotOpen):
        open_package(Way.OUT, seal(), UNIT, bytes(32))
    with pytest.raises(UnknownVersion):
        open_package(Way.BACK, seal(), UNIT, SERVICE)
    with pytest.raises(DoesNotOpen):
        open_package(Way.BACK, Way.BACK.kind + seal()[16:], UNIT, SERVICE)


@pytest.mark.parametrize("at", [0, 20, 1100, 1210, 1300, -1])
def test_a_changed_byte_anywhere_is_told(at: int) -> None:
    data = bytearray(seal())
    data[at] ^= 1
    with pytest.raises(ProtocolError):
        open_package(Way.OUT, bytes(data), UNIT, SERVICE)


@pytest.mark.parametrize(
    "change",
    [lambda data: data[:-1], lambda data: data + b"\0", lambda data: data[:1232], lambda _: b""],
)
def test_a_cut_or_lengthened_one_does_not_open(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ProtocolError):
        open_package(Way.OUT, change(seal()), UNIT, SERVICE)
    with pytest.raises(WrongLength):
        open_package(Way.OUT, Way.OUT.kind + bytes(LARGEST + 16 * MIB), UNIT, SERVICE)


def test_one_signed_by_another_is_told() -> None:
    opened = open_package(Way.OUT, seal(), UNIT, SERVICE)
    with pytest.raises(WrongSignature):
        opened.verify(AnalystSecret(bytes([3]) * 32).keys.card.sign)


def _enclose(plain: bytes, commitment: bytes | None = None) -> bytes:
    """What anybody can seal to a unit, in the form of a package."""
    key = secrets.token_bytes(32)
    wrapped = wrap(key, Way.OUT.wrapped_as, (SERVICE,), UNIT.card, secrets.token_bytes)
    head = Way.OUT.kind + wrapped + (commitment or derive(key, 2, Context.PACKAGE_COMMIT))
    return head + aead_seal(derive(key, 1, Context.PACKAGE_ENCRYPT), bytes(NONCE), plain, head)


def test_a_recipient_cannot_seal_it_on_to_another_as_if_it_was_meant_for_them() -> None:
    opened = open_package(Way.OUT, seal(), UNIT, SERVICE)
    moved = open_package(Way.OUT, _enclose(pad(opened.signature + CONTENT)), UNIT, SERVICE)
    with pytest.raises(WrongSignature):
        moved.verify(SENDER.card.sign)


def test_one_with_another_commitment_without_padding_or_content_is_refused() -> None:
    with pytest.raises(WrongCommitment):
        open_package(Way.OUT, _enclose(pad(bytes(80)), bytes(32)), UNIT, SERVICE)
    with pytest.raises(WrongPadding):
        open_package(Way.OUT, _enclose(bytes(16_384)), UNIT, SERVICE)
    with pytest.raises(DoesNotOpen):
        open_package(Way.OUT, _enclose(pad(bytes(64))), UNIT, SERVICE)
