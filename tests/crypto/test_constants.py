from itertools import pairwise

from crypto import constants
from crypto.constants import Context, Tag
from crypto.padding import padded_length


def test_no_two_tags_are_alike() -> None:
    assert len({tag.value for tag in Tag}) == len(Tag.__members__)
    assert all(tag.isascii() and len(tag) < 256 for tag in Tag)


def test_no_two_contexts_are_alike_and_each_has_eight_bytes() -> None:
    assert len({context.value for context in Context}) == len(Context.__members__)
    assert all(context.isascii() and len(context) == 8 for context in Context)


def test_every_tag_and_context_names_the_version() -> None:
    assert all(name.startswith("dbx1") for name in (*Tag, *Context))


def test_no_tag_is_the_beginning_of_another() -> None:
    # Their length stands before them, so this is a second line and not the first.
    ordered = sorted(tag.value for tag in Tag)
    overlaps = [(a, b) for a, b in pairwise(ordered) if b.startswith(a)]
    assert overlaps == [
        ("dbx1/case", "dbx1/case-name"),
        ("dbx1/directory", "dbx1/directory-hash"),
        ("dbx1/receiving", "dbx1/receiving-id"),
        ("dbx1/roster", "dbx1/roster-hash"),
    ]


def test_lengths_are_those_of_the_protocol() -> None:
    assert constants.CARD == 1280
    assert constants.WRAP == 1184
    assert constants.HEADER == 134
    assert constants.LARGEST_INTEGER == 9_007_199_254_740_991


def test_the_largest_body_is_the_largest_content_sealed() -> None:
    overhead = constants.NONCE + constants.AEAD_TAG
    assert padded_length(constants.LARGEST_CONTENT) + overhead == constants.LARGEST_BODY
    assert padded_length(0) + overhead == constants.SMALLEST_BODY
