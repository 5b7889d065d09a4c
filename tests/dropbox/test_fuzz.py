"""No parser of what comes from the network fails in a way it did not declare."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crypto.encoding import stringify
from crypto.errors import Malformed
from dropbox import wire
from tests.dropbox.papers import WIRE_DOCUMENTS, wire_documents
from tests.dropbox.targets import TARGETS, seeds

SEEDS = sorted(set(seeds()), key=len)
SHORT = [each for each in SEEDS if len(each) <= 8192]

_KEYS = sorted({name for kind in WIRE_DOCUMENTS for name, _ in kind.codecs()})
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=50)
    | st.dates().map(str),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=12,
)


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """Something right, with bytes of it changed, doubled, cut out, or put in."""
    data = bytearray(draw(st.sampled_from(SHORT)))
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(data)))
        end = min(len(data), begin + draw(st.integers(0, 8)))
        data[begin:end] = draw(st.binary(max_size=8) | st.just(bytes(data[begin:end] * 2)))
    return bytes(data)


def documents() -> st.SearchStrategy[bytes]:
    """Right documents, and JSON of the right members with any values."""
    right: list[st.SearchStrategy[Any]] = [wire_documents(kind) for kind in WIRE_DOCUMENTS]
    return st.one_of(right).map(lambda each: bytes(each.to_bytes())) | _VALUES.map(_spell)


def _spell(value: Any) -> bytes:
    return stringify(value).decode("utf-8", "replace").encode()


def parcels() -> st.SearchStrategy[bytes]:
    blobs = st.lists(st.binary(max_size=200) | st.sampled_from(SHORT), max_size=5)
    return st.builds(wire.pack, documents(), blobs)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=40)
@given(data=st.binary(max_size=300) | changed() | documents() | parcels())
@example(data=b"")
@example(data=b"\xff" * 134)
@example(data="\ud800".encode("utf-8", "surrogatepass"))
@example(data=b"[" * 100_000)
@example(data=b"9" * 5000)
@example(data=b"-0")
@example(data=b'"\\ud800"')
@example(data=b"\xff\xff\xff\xff")
def test_only_declared_errors_come_out(name: str, data: bytes) -> None:
    TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_what_the_vectors_hold_is_read_or_refused(name: str) -> None:
    for seed in SEEDS:
        TARGETS[name](seed)


def test_there_are_seeds_that_are_taken() -> None:
    """The corpus starts inside the parsers and not in front of them."""
    for name in ("FileStart", "FileState", "WorkRequest"):
        kind = getattr(wire, name)
        assert any(_reads(kind, seed) for seed in SHORT), name


def _reads(kind: Any, seed: bytes) -> bool:
    try:
        kind.from_bytes(seed)
    except Malformed:
        return False
    return True
