import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.constants import LARGEST_CONTENT, SMALLEST_PADDED
from crypto.errors import WrongPadding
from crypto.padding import pad, padded_length, padme, unpad
from tests.crypto.world import flipped


def published(length: int) -> int:
    """PADMÉ as the paper writes it (Nikitin et al., algorithm 1)."""
    e = math.floor(math.log2(length))
    s = math.floor(math.log2(e)) + 1
    last = e - s
    mask: int = (1 << last) - 1
    return (length + mask) & ~mask


def test_padme_is_the_published_one() -> None:
    assert [padme(length) for length in range(4)] == [0, 1, 2, 3]
    assert all(padme(length) == published(length) for length in range(2, 70_000))


@given(st.integers(2, 2**46))
def test_padme_adds_at_most_12_percent_and_is_stable(length: int) -> None:
    padded = padme(length)
    assert length <= padded < length * 1.12 + 1
    assert padme(padded) == padded


def test_short_content_has_one_size() -> None:
    assert {padded_length(length) for length in range(SMALLEST_PADDED)} == {SMALLEST_PADDED}
    assert padded_length(SMALLEST_PADDED) > SMALLEST_PADDED


@given(st.binary(max_size=40), st.integers(0, 40_000))
def test_padding_is_taken_off_again(content: bytes, zeros: int) -> None:
    whole = content + bytes(zeros)  # content that ends like padding
    padded = pad(whole)
    assert len(padded) == padded_length(len(whole))
    assert unpad(padded) == whole


@pytest.mark.parametrize(
    "length", [0, 1, SMALLEST_PADDED - 1, SMALLEST_PADDED, 100_000, LARGEST_CONTENT]
)
def test_content_of_every_size_comes_back(length: int) -> None:
    assert unpad(pad(b"\x80" * length)) == b"\x80" * length


@pytest.mark.parametrize(
    "padded",
    {
        "nothing": b"",
        "only zeros": bytes(SMALLEST_PADDED),
        "no mark": b"text".ljust(SMALLEST_PADDED, b"\x00"),
        "another mark": b"text\x81".ljust(SMALLEST_PADDED, b"\x00"),
        "too short": b"text\x80".ljust(SMALLEST_PADDED - 1, b"\x00"),
        "not padded": b"text\x80",
        "too long": b"text\x80".ljust(SMALLEST_PADDED + 1, b"\x00"),
        "the next size": b"text\x80".ljust(padded_length(SMALLEST_PADDED), b"\x00"),
        "bytes after the mark": b"text\x80".ljust(SMALLEST_PADDED - 1, b"\x00") + b"\x01",
    }.items(),
    ids=lambda case: case[0],
)
def test_other_padding_is_refused(padded: tuple[str, bytes]) -> None:
    with pytest.raises(WrongPadding):
        unpad(padded[1])


def test_every_bit_of_the_padding_is_checked() -> None:
    padded = pad(b"text")
    for i in range(len(b"text"), len(padded)):
        changed = flipped(padded, i, i % 8)
        try:
            # A set top bit further on is the mark of longer content, and not of this one.
            assert len(unpad(changed)) > len(b"text")
        except WrongPadding:
            continue
        assert changed[i] == 0x80
