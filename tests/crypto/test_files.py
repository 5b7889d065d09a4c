from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.constants import GIB, KIB, MIB, PART, Tag
from crypto.errors import DoesNotOpen, FilesDiffer, ProtocolError, WrongLength
from crypto.files import (
    FileKey,
    FileManifest,
    NewFile,
    PartReader,
    file_hash,
    open_part,
    padded_size,
    part_count,
    part_hash,
    part_length,
    seal_part,
)
from crypto.primitives import H
from tests.crypto.world import flipped, stream


def parts_of(content: bytes, file: NewFile, name: str = "nonces") -> list[bytes]:
    """A file's sealed parts."""
    random_bytes = stream(name)
    filled = content.ljust(padded_size(len(content)), b"\x00")
    return [
        seal_part(file, index, filled[index * PART : (index + 1) * PART], random_bytes)
        for index in range(part_count(len(content)))
    ]


def manifest_of(file: NewFile, size: int, parts: Sequence[bytes]) -> FileManifest:
    """What a payload says of those parts."""
    whole = file_hash(part_hash(part) for part in parts)
    padded = padded_size(size)
    return FileManifest("a.bin", "", size, padded, file.id, file.key.expose(), whole)


def read(manifest: FileManifest, parts: Sequence[bytes]) -> bytes:
    """What a client does with the parts a server gives it."""
    reader = PartReader(manifest)
    content = b"".join(reader.open(part) for part in parts)
    reader.finish()
    return content


FILE = NewFile.generate(stream("file"))
CONTENT = (bytes(range(251)) * 20_000)[: 3 * MIB + 5]
PARTS = parts_of(CONTENT, FILE)
MANIFEST = manifest_of(FILE, len(CONTENT), PARTS)
SMALL = parts_of(b"small", FILE)
SMALL_MANIFEST = manifest_of(FILE, 5, SMALL)
OTHER = parts_of(CONTENT, NewFile.generate(stream("other file")))


def test_a_file_comes_back() -> None:
    assert len(PARTS) == 4
    assert read(MANIFEST, PARTS) == CONTENT
    assert read(SMALL_MANIFEST, SMALL) == b"small"


@settings(max_examples=15)
@given(st.integers(0, 3 * 16 * KIB) | st.sampled_from([MIB - 1, MIB, MIB + 1, 2 * MIB]))
def test_a_file_of_every_size_comes_back(size: int) -> None:
    content = (b"\x00\x01\x00" * (size // 3 + 1))[:size]
    parts = parts_of(content, FILE)
    assert sum(map(len, parts)) == padded_size(size) + 40 * len(parts)
    assert read(manifest_of(FILE, size, parts), parts) == content


@pytest.mark.parametrize(
    "parts",
    {
        "none": [],
        "the last is missing": PARTS[:-1],
        "the first is missing": PARTS[1:],
        "one in the middle is missing": PARTS[:1] + PARTS[2:],
        "swapped": [PARTS[1], PARTS[0], *PARTS[2:]],
        "repeated": [PARTS[0], PARTS[0], *PARTS[2:]],
        "repeated in addition": [PARTS[0], *PARTS],
        "the last twice": [*PARTS, PARTS[-1]],
        "one added": [*PARTS, SMALL[0]],
        "one of another file": [OTHER[0], *PARTS[1:]],
        "all of another file": OTHER,
        "the last cut": [*PARTS[:-1], PARTS[-1][:-1]],
        "the last longer": [*PARTS[:-1], PARTS[-1] + b"\x00"],
        "an empty one": [*PARTS[:-1], b""],
        "a nonce alone": [*PARTS[:-1], PARTS[-1][:24]],
        "another version of one": [parts_of(CONTENT, FILE, "again")[0], *PARTS[1:]],
        "another version of all": parts_of(CONTENT, FILE, "again"),
    }.items(),
    ids=lambda case: case[0],
)
def test_parts_missing_swapped_repeated_added_or_foreign_are_noticed(
    parts: tuple[str, list[bytes]],
) -> None:
    """Nothing is finished, so nothing is shown or kept (P12)."""
    with pytest.raises((FilesDiffer, DoesNotOpen)):
        read(MANIFEST, parts[1])


def test_an_empty_file_has_its_one_part(service: object) -> None:
    parts = parts_of(b"", FILE)
    manifest = manifest_of(FILE, 0, parts)
    assert read(manifest, parts) == b""
    with pytest.raises(FilesDiffer):
        read(manifest, [])


def test_a_reader_that_failed_does_not_finish() -> None:
    reader = PartReader(SMALL_MANIFEST)
    with pytest.raises(DoesNotOpen):
        reader.open(flipped(SMALL[0], 100, 0))
    with pytest.raises(FilesDiffer):
        reader.open(SMALL[0])
    with pytest.raises(FilesDiffer):
        reader.finish()


def test_nothing_is_finished_before_the_last_part() -> None:
    reader = PartReader(MANIFEST)
    for part in PARTS:
        with pytest.raises(FilesDiffer):
            reader.finish()
        reader.open(part)
    reader.finish()


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 6},
        {"size": 4},
        {"id": bytes(32)},
        {"key": bytes(32)},
        {"hash": bytes(32)},
        {"size": len(CONTENT), "padded": padded_size(len(CONTENT))},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_manifest_of_another_file_is_noticed(changes: dict[str, object]) -> None:
    manifest = replace(SMALL_MANIFEST, **changes)  # type: ignore[arg-type]
    if changes == {"size": 6}:  # one zero more of the filling is content, for all anybody can see
        assert read(manifest, SMALL) == b"small\x00"
        return
    with pytest.raises((FilesDiffer, DoesNotOpen)):
        read(manifest, SMALL)


@pytest.mark.parametrize("at", [5, 6, 100, 16 * KIB - 1])
def test_a_tail_that_is_not_zeros_is_noticed(at: int) -> None:
    """Something hidden behind the end of the file, by whoever sealed it."""
    filled = flipped(b"small".ljust(16 * KIB, b"\x00"), at, 0)
    parts = [seal_part(FILE, 0, filled, stream("tail"))]
    reader = PartReader(manifest_of(FILE, 5, parts))
    with pytest.raises(FilesDiffer):
        reader.open(parts[0])
    with pytest.raises(FilesDiffer):  # though every hash is right
        reader.finish()


def test_a_tail_of_whole_parts_is_zeros_as_well() -> None:
    """From 64 MiB on the filling can be longer than a part."""
    size = 64 * MIB + 1
    assert padded_size(size) == 66 * MIB
    count = part_count(size)
    zeros = bytes(PART)
    sealed = [seal_part(FILE, index, zeros, stream(f"nonce {index}")) for index in range(count)]
    reader = PartReader(manifest_of(FILE, size, sealed))
    assert [len(reader.open(part)) for part in sealed][-1] == 0
    reader.finish()
    sealed[-1] = seal_part(FILE, count - 1, zeros[:-1] + b"\x01", stream("last"))
    reader = PartReader(manifest_of(FILE, size, sealed))
    for part in sealed[:-1]:
        reader.open(part)
    with pytest.raises(FilesDiffer):
        reader.open(sealed[-1])


def test_each_byte_of_a_part_counts() -> None:
    """Nonce, text and tag (P24)."""
    sealed = SMALL[0]
    for i in [*range(64), *range(64, len(sealed) - 32, 61), *range(len(sealed) - 32, len(sealed))]:
        with pytest.raises(DoesNotOpen):
            PartReader(SMALL_MANIFEST).open(flipped(sealed, i, i % 8))


def test_a_part_opens_at_its_own_place_only() -> None:
    other = NewFile(FILE.id, FileKey(bytes(32)))
    for file, key, index in (
        (FILE.id, FILE.key, 1),
        (bytes(32), FILE.key, 0),
        (FILE.id, other.key, 0),
    ):
        with pytest.raises(DoesNotOpen):
            open_part(file, key, index, SMALL[0])
    assert open_part(FILE.id, FILE.key, 0, SMALL[0]).rstrip(b"\x00") == b"small"


def test_a_part_is_another_every_time_it_is_sealed() -> None:
    """A file that changed meanwhile does not meet its own nonce again (P16)."""
    again = parts_of(CONTENT, FILE, "again")
    nonces = {part[:24] for part in PARTS + again}
    assert len(nonces) == 2 * len(PARTS)
    assert not {part_hash(part) for part in PARTS} & {part_hash(part) for part in again}


def test_the_hash_of_a_file_is_that_of_its_parts_in_order() -> None:
    hashes = [H(Tag.PART, part) for part in PARTS]
    assert MANIFEST.hash == H(Tag.FILE, *hashes)
    assert file_hash(hashes[::-1]) != MANIFEST.hash
    assert file_hash([]) == H(Tag.FILE)


# -- sizes --------------------------------------------------------------------------------------


def test_small_files_have_one_size() -> None:
    assert {padded_size(size) for size in range(16 * KIB + 1)} == {16 * KIB}


@given(st.integers(0, 2 * GIB))
def test_the_lengths_of_the_parts_add_up(size: int) -> None:
    count = part_count(size)
    indices = {0, count // 2, count - 2, count - 1} & set(range(count))
    assert all(part_length(size, index) == PART for index in indices if index < count - 1)
    last = part_length(size, count - 1)
    assert 0 < last <= PART
    assert (count - 1) * PART + last == padded_size(size)
    assert size <= padded_size(size) <= max(16 * KIB, size * 1.12 + 1)


@pytest.mark.parametrize("index", [-1, 4, 100])
def test_there_is_no_part_behind_the_last(index: int) -> None:
    with pytest.raises(WrongLength):
        part_length(len(CONTENT), index)


@pytest.mark.parametrize("length", [0, PART + 1])
def test_a_part_that_is_empty_or_too_long_is_not_sealed(length: int) -> None:
    with pytest.raises(WrongLength):
        seal_part(FILE, 0, bytes(length), stream("x"))


@pytest.mark.parametrize("damage", [lambda parts: parts[::-1], lambda parts: parts[:0]])
def test_every_failure_is_an_error_of_ours(
    damage: Callable[[list[bytes]], list[bytes]],
) -> None:
    with pytest.raises(ProtocolError):
        read(MANIFEST, damage(PARTS))
