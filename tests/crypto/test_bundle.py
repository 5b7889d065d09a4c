"""A bundle opens whole, at the side it goes to, from the one who sent it, or not at all."""

import secrets
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import bundle
from crypto.bundle import CHUNK, HEAD, KIND, SEALED_CHUNK, SMALLEST, Opener, Sealer
from crypto.errors import (
    DoesNotOpen,
    NotCanonical,
    ProtocolError,
    UnknownVersion,
    WrongCommitment,
    WrongLength,
    WrongSignature,
)
from crypto.keys import AnalystSecret, SideSecret
from crypto.padding import padme

SERVICE = b"s" * 32
ANALYST = AnalystSecret(b"a" * 32)
STATION, COURIER = bundle.sides(ANALYST, 77)


def seal(
    parts: list[bytes], sender: SideSecret = STATION, to: SideSecret = COURIER, of: bytes = SERVICE
) -> bytes:
    sealer = Sealer(sender.keys, to.keys.card, of, secrets.token_bytes)
    written = [sealer.head, *map(sealer.add, parts)]
    end, _ = sealer.finish()
    return b"".join([*written, end])


def open_bundle(
    data: bytes, by: SideSecret = COURIER, sender: SideSecret = STATION, of: bytes = SERVICE
) -> list[bytes]:
    opener = Opener(data[:HEAD], by.keys, sender.keys.card.sign, of)
    found = []
    for at in range(HEAD, len(data), SEALED_CHUNK):
        chunk = data[at : at + SEALED_CHUNK]
        found += opener.open(chunk, last=at + SEALED_CHUNK >= len(data))
    opener.finish()
    return found


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3 * CHUNK).map(lambda size: b"x" * size), max_size=6))
def test_what_was_sealed_opens_part_by_part(parts: list[bytes]) -> None:
    assert open_bundle(seal(parts)) == parts


@pytest.mark.parametrize("size", [0, CHUNK, SMALLEST, SMALLEST + 1, 9 * CHUNK, 17 * 1024 * 1024])
def test_a_bundle_says_no_more_of_its_length_than_padme(size: int) -> None:
    parts = [bytes(min(size, 8 * 1024 * 1024))] * max(1, size // (8 * 1024 * 1024))
    stream = sum(len(part) + 5 for part in parts) + 5 + 5 + 64
    data = seal(parts)
    chunks = -(-(len(data) - HEAD) // SEALED_CHUNK)
    assert len(data) - HEAD - 16 * chunks == max(SMALLEST, padme(stream))


def test_a_few_replies_show_no_more_than_none() -> None:
    assert len({len(seal([b"x" * size])) for size in (0, 1, 1000, 100_000, 200_000)}) == 1


def test_any_byte_that_is_changed_stops_it() -> None:
    data = seal([b"one", b"x" * (2 * CHUNK)])
    places = [*range(0, HEAD, 7), HEAD - 1, *range(HEAD, len(data), 9973), len(data) - 1]
    for at in places:
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(ProtocolError):
            open_bundle(changed)


def test_one_that_is_cut_anywhere_does_not_open() -> None:
    data = seal([b"x" * CHUNK] * 5)
    ends = [0, 3, len(KIND), HEAD - 1, HEAD, HEAD + 1, HEAD + SEALED_CHUNK, len(data) - 1]
    for end in ends:
        with pytest.raises(ProtocolError):
            open_bundle(data[:end])
    for number in range(1, 5):  # between two chunks, where each that is left is whole
        with pytest.raises(DoesNotOpen):
            open_bundle(data[: HEAD + SEALED_CHUNK * number])


def test_one_that_goes_on_behind_its_end_does_not_open() -> None:
    data = seal([b"x" * CHUNK] * 5)
    for more in (b"\x00", bytes(SEALED_CHUNK), data[HEAD : HEAD + SEALED_CHUNK]):
        with pytest.raises(DoesNotOpen):
            open_bundle(data + more)


def test_chunks_that_changed_places_do_not_open() -> None:
    data = seal([b"x" * CHUNK] * 5)
    starts = range(HEAD, len(data), SEALED_CHUNK)
    chunks = [data[at : at + SEALED_CHUNK] for at in starts]
    for one, other in pairwise(range(len(chunks) - 1)):
        swapped = list(chunks)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        with pytest.raises(DoesNotOpen):
            open_bundle(data[:HEAD] + b"".join(swapped))


def test_it_opens_at_no_other_side_pass_analyst_or_team() -> None:
    data = seal([b"one"])
    others = [STATION, *bundle.sides(ANALYST, 78), *bundle.sides(AnalystSecret(b"b" * 32), 77)]
    for other in others:
        with pytest.raises(DoesNotOpen):
            open_bundle(data, by=other)
    with pytest.raises(DoesNotOpen):
        open_bundle(data, of=b"t" * 32)


def test_one_that_somebody_else_made_for_us_is_refused_at_its_end() -> None:
    forged = seal([b"one"], sender=SideSecret(b"f" * 32))
    with pytest.raises(WrongSignature):
        open_bundle(forged)


def test_a_signature_over_other_parts_is_refused() -> None:
    """Whoever may open one bundle has its key, and could seal other parts in its name."""
    sealer = Sealer(STATION.keys, COURIER.keys.card, SERVICE, secrets.token_bytes)
    sealer._hasher.add(b"one")
    written = sealer.head + sealer._write(bundle._Type.CONTENT, b"another")
    end, _ = sealer.finish()
    with pytest.raises(WrongSignature):
        open_bundle(written + end)


def test_two_keys_never_open_one_bundle() -> None:
    data = bytearray(seal([b"one"]))
    data[HEAD - 1] ^= 1
    with pytest.raises(WrongCommitment):
        open_bundle(bytes(data))


def test_another_version_and_another_file_are_told_apart_from_damage() -> None:
    for data in (b"", b"not a bundle at all", KIND[:-4] + b"2  \n" + bytes(2000)):
        with pytest.raises(UnknownVersion):
            open_bundle(data)
    with pytest.raises(WrongLength):
        open_bundle(KIND + b"short")


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        b"\x01\x03\x00\x00\x00one",
        b"\x09\x00\x00\x00\x00",
        b"\x01\xff\xff\xff\x7f",
        b"\x02\x01\x00\x00\x00\x01",
        b"\x02\x00\x00\x00\x00\x01\x00\x00\x00\x00",
        b"\x03\x40\x00\x00\x00" + bytes(64),
        b"\x03\x01\x00\x00\x00x\x03\x01\x00\x00\x00x",
    ],
)
def test_a_stream_that_no_honest_side_writes_is_refused(stream: bytes) -> None:
    sealer = Sealer(STATION.keys, COURIER.keys.card, SERVICE, secrets.token_bytes)
    with pytest.raises(ProtocolError):
        open_bundle(sealer.head + sealer._seal(stream, last=True))


def test_nothing_behind_the_signature_is_taken() -> None:
    sealer = Sealer(STATION.keys, COURIER.keys.card, SERVICE, secrets.token_bytes)
    stream = b"\x03\x40\x00\x00\x00" + bytes(64) + b"\x01\x00\x00\x00\x00"
    with pytest.raises(NotCanonical):
        open_bundle(sealer.head + sealer._seal(stream, last=True))
