"""The form of a backup: it comes back as it was written, or not at all."""

import io
import secrets
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.operation.tape import (
    HASH,
    MAGIC,
    DamagedBackup,
    Head,
    NotABackup,
    PartBytes,
    Row,
    Shape,
    TapeWriter,
    read,
    verify,
)

HEAD = Head(1, "0002", bytes(32), ("https://a.example",), (Shape("envelopes", ("id", "day")),), 2)
VALUES = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.binary(max_size=200), st.dates())
ROWS = st.builds(Row, st.integers(0, 255), st.lists(VALUES, max_size=8).map(tuple))
PARTS = st.builds(PartBytes, st.dates(), st.binary(max_size=300))


def written(*items: Row | PartBytes) -> bytes:
    sink = io.BytesIO()
    tape = TapeWriter(sink)
    tape.head(HEAD)
    for item in items:
        if isinstance(item, Row):
            tape.row(item.table, item.values)
        else:
            tape.part(item)
    tape.end()
    return sink.getvalue()


def comes_back(data: bytes) -> list[Any]:
    file = io.BytesIO(data)
    verify(file)
    return list(read(file))


@given(st.lists(st.one_of(ROWS, PARTS), max_size=10))
def test_what_is_written_is_read(items: list[Row | PartBytes]) -> None:
    assert comes_back(written(*items)) == [HEAD, *items]


@given(st.binary(max_size=400))
def test_any_other_file_is_refused(data: bytes) -> None:
    for each in (data, MAGIC + data):
        with pytest.raises((NotABackup, DamagedBackup)):
            comes_back(each)


@given(st.binary(max_size=300))
def test_records_with_a_right_hash_are_read_as_strictly(data: bytes) -> None:
    """Nothing but the two refusals, or rows, whatever the bytes are."""
    file = io.BytesIO(MAGIC + data + bytes(HASH))
    with pytest.raises(DamagedBackup):
        list(read(file))


def test_each_byte_is_held_against_the_hash() -> None:
    whole = written(
        Row(0, (1, date(2026, 11, 23))), PartBytes(date(2026, 11, 23), secrets.token_bytes(64))
    )
    for place in range(len(whole)):
        for flip in (1, 0x80):
            broken = bytearray(whole)
            broken[place] ^= flip
            with pytest.raises((NotABackup, DamagedBackup)):
                comes_back(bytes(broken))
    for length in range(len(whole)):
        with pytest.raises((NotABackup, DamagedBackup)):
            comes_back(whole[:length])
    for more in (b"\x00", whole):
        with pytest.raises(DamagedBackup):
            comes_back(whole + more)
