import json
import time
from dataclasses import FrozenInstanceError, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.constants import DOCUMENT_BYTES, DOCUMENT_DEPTH
from crypto.encoding import (
    Bytes,
    Choice,
    Codec,
    Day,
    Document,
    Fixed,
    Flag,
    Inner,
    Integer,
    List,
    Matching,
    Nullable,
    SortedSet,
    Text,
    member,
    parse,
    stringify,
)
from crypto.errors import NotCanonical, WrongLength
from tests.crypto.second_forms import second_forms
from tests.crypto.strategies import documents_of


class Colour(StrEnum):
    GREEN = "green"
    BLUE = "blue"


@dataclass(frozen=True)
class Leaf(Document):
    name: str = member(Matching(r"[a-z]+"))
    flag: bool = member(Flag())


@dataclass(frozen=True)
class Tree(Document):
    """One member of every codec."""

    kind: str = member(Fixed("tree"))
    version: int = member(Fixed(1))
    id: bytes = member(Bytes(32))
    data: bytes = member(Bytes(most=40))
    text: str = member(Text(40, least=1))
    count: int = member(Integer(0, 100))
    day: date = member(Day())
    colour: Colour = member(Choice(Colour))
    none: str | None = member(Nullable(Text(5)))
    leaf: Leaf = member(Inner(Leaf))
    row: tuple[int, ...] = member(List(Integer(), 3))
    leaves: tuple[Leaf, ...] = member(SortedSet(Inner(Leaf), 3, key=lambda row: row["name"]))


TREE = Tree(
    "tree",
    1,
    bytes(range(32)),
    b"data",
    'Text: "\\ / \n\t\x00\x1f\x7f\u2028 Žluť 🌿',
    5,
    date(2026, 11, 23),
    Colour.GREEN,
    None,
    Leaf("leaf", True),
    (3, 1, 2),
    (Leaf("a", False), Leaf("b", True)),
)
FORM = (
    '{"kind":"tree","version":1,"id":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","data":"ZGF0YQ",'
    '"text":"Text: \\"\\\\ / \\n\\t\\u0000\\u001f\x7f\u2028 Žluť 🌿","count":5,"day":"2026-11-23",'
    '"colour":"green","none":null,"leaf":{"name":"leaf","flag":true},"row":[3,1,2],'
    '"leaves":[{"name":"a","flag":false},{"name":"b","flag":true}]}'
).encode()


def test_a_document_has_the_form_json_stringify_gives() -> None:
    assert TREE.to_bytes() == FORM
    assert Tree.from_bytes(FORM) == TREE


@given(documents_of(Tree))
def test_a_document_is_read_as_it_was_written(tree: Tree) -> None:
    assert Tree.from_bytes(tree.to_bytes()) == tree


@pytest.mark.parametrize("variant", list(second_forms(FORM)), ids=lambda variant: variant[0])
def test_no_second_form_is_read(variant: tuple[str, bytes]) -> None:
    """White space, order, escapes, ``1.0``, 2⁵³+1, surrogates, BOM, … (PROTOCOL §12)."""
    with pytest.raises(NotCanonical):
        Tree.from_bytes(variant[1])


@given(st.integers(0, len(FORM) - 1), st.integers(1, 255))
def test_a_changed_byte_is_another_document_or_none(at: int, change: int) -> None:
    data = FORM[:at] + bytes([FORM[at] ^ change]) + FORM[at + 1 :]
    try:
        tree = Tree.from_bytes(data)
    except NotCanonical:
        return
    assert tree != TREE
    assert tree.to_bytes() == data


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_is_read_is_refused_or_in_its_one_form(data: bytes) -> None:
    try:
        leaf = Leaf.from_bytes(data)
    except NotCanonical:
        return
    assert leaf.to_bytes() == data


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(_JSON)
def test_other_json_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        Leaf.from_bytes(json.dumps(value).encode())


# -- illegal documents cannot be made -----------------------------------------------------------

MORE = {"name": "a", "flag": True, "more": None}
_REFUSED: list[tuple[Codec, list[Any], list[Any]]] = [
    # codec, values that cannot be written, JSON that cannot be read
    (Bytes(4), [b"", b"123", b"12345", "1234", None], ["", "AAA", "AAAAA", "AAAAAAAA", 1, None]),
    (Bytes(most=3), [b"1234", bytearray(b"1")], ["AAAAAA", "A", "ä", None]),
    (
        Text(3, least=1),
        ["", "1234", b"12", "\ud800", "a\udfff", None, 1],
        ["", "1234", "\ud800", 1],
    ),
    (Matching("[a-z]+"), ["", "A", "a\n", "ä", None, 1], ["", "a b", 1, None]),
    (Matching(r"\w+"), ["ä"], ["ä"]),
    (Integer(2, 5), [1, 6, 2.0, True, "2", None], [1, 6, 2.0, True, "2", None]),
    (Integer(), [-1, 2**53, True, 0.0], [-1, 2**53, False]),
    (Flag(), [0, 1, None, "true"], [0, 1, None, "true"]),
    (Day(), [datetime(2026, 1, 1), "2026-01-01", None], ["20260101", "2026-02-30", 20260101, None]),  # noqa: DTZ001
    (Choice(Colour), ["green", "red", None], ["red", "GREEN", 1, None]),
    (Fixed("tree"), ["bush", None, 1], ["bush", None, 1]),
    (Fixed(1), [True, 1.0, "1", 2], [True, 1.0, "1", 2]),
    (Nullable(Flag()), [0, ""], [0, ""]),
    (
        Inner(Leaf),
        [None, {"name": "a", "flag": True}, TREE],
        [None, [], "leaf", {"name": "a"}, MORE],
    ),
    (List(Flag(), 2), [[True], (True, True, True), (1,), None], [[True] * 3, [1], {}, None, "a"]),
    (
        SortedSet(Integer(), 3),
        [(2, 1), (1, 1), (1, 2, 2), (1, 2, 3, 4), [1]],
        [[2, 1], [1, 1], [1, 2, 2], [1, 2, 3, 4], (1, 2)],
    ),
    (
        SortedSet(Inner(Leaf), 3, key=lambda row: row["name"]),
        [(Leaf("b", True), Leaf("a", True)), (Leaf("a", True), Leaf("a", False))],
        [[{"name": "b", "flag": True}, {"name": "a", "flag": True}], [{"flag": True}]],
    ),
]


@pytest.mark.parametrize(
    ("codec", "value"),
    [(codec, value) for codec, values, _ in _REFUSED for value in values],
)
def test_what_could_not_be_read_is_not_written(codec: Codec, value: Any) -> None:
    with pytest.raises(NotCanonical):
        codec.write(value)


@pytest.mark.parametrize(
    ("codec", "value"),
    [(codec, value) for codec, _, values in _REFUSED for value in values],
)
def test_what_does_not_fit_is_not_read(codec: Codec, value: Any) -> None:
    with pytest.raises(NotCanonical):
        codec.read(value)


def test_values_of_just_the_right_length_are_taken() -> None:
    taken: list[tuple[Codec, Any, Any]] = [
        (Bytes(4), b"1234", "MTIzNA"),
        (Bytes(most=3), b"123", "MTIz"),
        (Bytes(most=3), b"", ""),
        (Text(3, least=1), "🌿ŵa", "🌿ŵa"),
        (Integer(2, 5), 2, 2),
        (Integer(2, 5), 5, 5),
        (Integer(), 2**53 - 1, 2**53 - 1),
        (List(Flag(), 2), (True, False), [True, False]),
        (SortedSet(Integer(), 3), (1, 2, 3), [1, 2, 3]),
    ]
    for codec, value, written in taken:
        assert codec.write(value) == written
        assert codec.read(written) == value


def test_an_illegal_document_cannot_be_made() -> None:
    with pytest.raises(NotCanonical):
        Leaf("Leaf", True)
    with pytest.raises(NotCanonical):
        Leaf("leaf", 1)  # type: ignore[arg-type]


def test_a_document_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Leaf("leaf", True).name = "Leaf"  # type: ignore[misc]


def test_a_documents_members_are_its_own() -> None:
    """A document does not take the list of members of the one it was derived from."""

    @dataclass(frozen=True)
    class Sprig(Leaf):
        more: bool = member(Flag())

    assert [name for name, _ in Leaf.codecs()] == ["name", "flag"]
    assert [name for name, _ in Sprig.codecs()] == ["name", "flag", "more"]
    assert [name for name, _ in Sprig.codecs()] == ["name", "flag", "more"]


# -- limits before the parser -------------------------------------------------------------------


@dataclass(frozen=True)
class Long(Document):
    text: str = member(Text(2 * DOCUMENT_BYTES))


def test_a_document_has_at_most_one_mebibyte() -> None:
    frame = len(Long("").to_bytes())
    fits = Long("x" * (DOCUMENT_BYTES - frame))
    assert Long.from_bytes(fits.to_bytes()) == fits
    too_long = Long("x" * (DOCUMENT_BYTES - frame + 1))
    with pytest.raises(WrongLength):
        too_long.to_bytes()
    with pytest.raises(WrongLength):
        Long.from_bytes(stringify(too_long.to_json()))
    parse(b"1".rjust(DOCUMENT_BYTES))
    with pytest.raises(WrongLength):
        parse(b"1".rjust(DOCUMENT_BYTES + 1))


def test_nesting_has_a_limit() -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        fits = opening * (DOCUMENT_DEPTH - 1) + "[]" + closing * (DOCUMENT_DEPTH - 1)
        parse(fits.encode())
        with pytest.raises(NotCanonical):
            parse((opening + fits + closing).encode())


@pytest.mark.parametrize("number", ["1.0", "1e0", "NaN", "Infinity", "-Infinity", "9" * 5000])
def test_numbers_that_are_no_integers_are_not_even_parsed(number: str) -> None:
    with pytest.raises(NotCanonical):
        parse(number.encode())


def test_brackets_in_words_are_no_nesting() -> None:
    brackets = '[{"' * 100 + "\\"
    assert Long.from_bytes(Long(brackets).to_bytes()).text == brackets


def test_brackets_side_by_side_are_no_nesting() -> None:
    parse(b"[" + b",".join([b"[]"] * 1000) + b"]")


_MANY = 128 * 1024


@pytest.mark.parametrize(
    "hostile",
    {
        "nested lists": b"[" * _MANY,
        "nested objects": b'{"":' * (_MANY // 4),
        "quotes": b'"' * _MANY,
        "escaped quotes without an end": b'"' + b'\\"' * (_MANY // 2 - 1),
        "backslashes without an end": b'"' + b"\\" * (_MANY - 1),
        "one long string without an end": b'["' + b"a" * (_MANY - 2),
        "digits": b"9" * _MANY,
        "many numbers": b"[" + b"1," * (_MANY // 2 - 1),
        "many long numbers": b"[" + (b"9" * 4000 + b",") * (_MANY // 4001 - 1),
        "brackets side by side": b"[]" * (_MANY // 2),
        "broken UTF-8": b"\x80" * _MANY,
    }.items(),
    ids=lambda case: case[0],
)
def test_hostile_bytes_are_refused_at_once(hostile: tuple[str, bytes]) -> None:
    """Far more than it takes on a slow machine, and far less than quadratic time would be."""
    started = time.process_time()
    with pytest.raises(NotCanonical):
        Leaf.from_bytes(hostile[1])
    assert time.process_time() - started < 5
