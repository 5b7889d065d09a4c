"""What is compressed comes back whole, or not at all."""

import gzip
import os

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.site.packing import NotPacked, pack, read_accepted, unpack

PACKERS = {"br": brotli.compress, "gzip": gzip.compress}


@given(st.binary(max_size=5000), st.integers(0, 3))
def test_what_was_packed_is_unpacked_within_its_length_and_never_beyond(
    body: bytes, more: int
) -> None:
    for encoding, packer in PACKERS.items():
        assert unpack(packer(body), encoding, len(body) + more) == body
        if body:
            with pytest.raises(NotPacked):
                unpack(packer(body), encoding, len(body) - 1)


@pytest.mark.parametrize("encoding", PACKERS)
@pytest.mark.parametrize("size", [0, 1, 40_000])
def test_half_a_stream_or_more_than_one_is_refused(encoding: str, size: int) -> None:
    packed = PACKERS[encoding](os.urandom(size))
    for wrong in (packed[:-1], packed + b"x", packed + packed, b"", b"\x00" * 20):
        with pytest.raises(NotPacked):
            unpack(wrong, encoding, 1_000_000)


@pytest.mark.parametrize("encoding", ["zstd", "deflate", "", "gzip, br", "GZIP"])
def test_an_encoding_of_no_site_is_refused(encoding: str) -> None:
    with pytest.raises(NotPacked):
        unpack(gzip.compress(b"x"), encoding, 100)


def test_a_copy_is_kept_only_where_it_is_shorter_and_is_always_the_same() -> None:
    assert pack(b"x").copies == {}
    packed = pack(b"abc" * 1000)
    assert set(packed.copies) == {"br", "gzip"}
    pack.cache_clear()
    assert pack(b"abc" * 1000) == packed


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("", "identity"),
        ("identity", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("BR", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("br;q=0.000,gzip;q=0", "identity"),
        ("br ; q=0.001", "br"),
        ("*", "identity"),
        ("deflate, zstd", "identity"),
        (",,;;q,gzip", "gzip"),
    ],
)
def test_a_visitor_is_given_only_what_it_names(header: str, encoding: str) -> None:
    assert pack(b"abc" * 1000).choose(header)[0] == encoding
    assert isinstance(read_accepted(header), frozenset)
