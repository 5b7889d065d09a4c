"""What a look can say: each of it has its sentence, and nothing of a file is in one."""

import asyncio
import re
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

import pytest

from dropbox.client.metadata.findings import Finding
from dropbox.client.metadata.findings import Kind as Finds
from inbox_ui.pages import files, looking
from inbox_ui.pages.looks import Look
from inbox_ui.pages.sitting import Save
from inbox_ui.preview import words
from inbox_ui.preview.frames import Frame, Garbled, Tag, read_frame
from inbox_ui.preview.kinds import kind_of
from inbox_ui.preview.readers.texts import decode
from inbox_ui.preview.seeing import Task
from inbox_ui.preview.sight import Failure, Kind, Listed, Note, Part, Picture, Sight
from tests import samples


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (Kind, words.KINDS),
        (Note, words.NOTES),
        (Failure, words.FAILURES),
        (Part, words.PARTS),
        (Listed, words.NAMES),
    ],
    ids=["kinds", "notes", "failures", "parts", "names"],
)
def test_everything_that_can_be_said_has_a_sentence(
    codes: type[StrEnum], said: dict[StrEnum, str]
) -> None:
    assert set(said) == set(codes)
    assert all(each and each.strip() == each for each in said.values())


@pytest.mark.parametrize("note", Note)
def test_a_note_takes_no_more_than_one_value(note: Note) -> None:
    assert set(re.findall(r"{(\w*)}", words.NOTES[note])) <= {"value"}
    assert "{" not in words.note(note, Kind.PDF if note is Note.TWO_KINDS else "3")


def test_what_a_look_takes_in_memory_is_counted_whatever_it_is() -> None:
    letters, seen = "x" * 1000, Sight()
    for more in (
        Sight(findings=(Finding(Finds.AUTHOR, letters),)),
        Sight(notes=((Note.DAMAGED, letters),)),
        Sight(names=((Listed.LINK, letters),)),
        Sight(texts=((Part.TEXT, letters),)),
        Sight(copy=letters.encode()),
        Sight(pictures=(Picture(1, 1, letters.encode()),)),
    ):
        assert more.size >= seen.size + 1000
    assert Sight(texts=((Part.TEXT, ""),) * 1000).size > 100_000


def test_pages_that_could_not_be_read_never_take_the_number_of_a_picture() -> None:
    bad = tuple((Note.BAD_PAGE, str(number)) for number in range(1, 100))
    [shown] = looking.pictures_of(Sight(notes=bad, pictures=(Picture(1, 1, b""),)))
    assert (shown.page, shown.words) == (100, "")


def test_a_look_or_a_save_that_breaks_off_ends_with_a_sentence() -> None:
    nothing, now, save = cast(Any, None), Look(), Save("name")
    asyncio.run(looking._look(nothing, nothing, now, Task.LOOK, 0))
    asyncio.run(files._end_save(save, lambda: files._save(nothing, nothing, Path())))
    assert now.ended
    assert save.ended


def _reader(data: bytes) -> list[Frame]:
    left = bytearray(data)

    def read(length: int) -> bytes:
        some = bytes(left[:length])
        del left[:length]
        return some.ljust(length, b"\0")

    return [read_frame(read)]


@pytest.mark.parametrize(
    "frame",
    [
        Frame(Tag.NOTE, Note.PAGES, "3"),
        Frame(Tag.TEXT, Part.TEXT, "words \u202e é \0 more"),
        Frame(Tag.PICTURE, data=bytes(18), width=3, height=2),
        Frame(Tag.COPY, data=b"bytes"),
        Frame(Tag.END),
    ],
    ids=lambda each: each.tag,
)
def test_a_frame_is_read_as_it_was_written(frame: Frame) -> None:
    assert _reader(frame.to_bytes()) == [frame]


@pytest.mark.parametrize(
    "data",
    [
        b"X\0\0\0\0",
        b"\xff\0\0\0\0",
        b"N\0\0\0\x02ab",
        b"P\0\0\0\x04\0\0\0\x01",
        Frame(Tag.PICTURE, data=b"", width=0, height=5).to_bytes(),
        Frame(Tag.PICTURE, data=bytes(3), width=2, height=1).to_bytes(),
        b"N\0\xff\xff\xff",
    ],
)
def test_what_is_no_frame_is_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        _reader(data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (samples.photo(), Kind.JPEG),
        (samples.webp(), Kind.WEBP),
        (samples.overtime(), Kind.ARCHIVE),
        (samples.film(), Kind.FILM),
        (samples.MAIL, Kind.MAIL),
        (b"Words, and a < b.", Kind.TEXT),
        ("\ufeffWords".encode("utf-16-le"), Kind.TEXT),
        (b"<note>of a kind of its own</note>", Kind.TEXT),
        (b"\n\n<?xml version='1.0'?>\n<!-- x -->\n<svg/>", Kind.SVG),
        (b"<!--" * 5000, Kind.TEXT),
    ],
)
def test_a_kind_is_known_by_its_bytes(data: bytes, kind: Kind) -> None:
    assert kind_of(data) is kind


@pytest.mark.parametrize(
    ("data", "text", "guessed"),
    [
        ("é".encode(), "é", False),
        (b"caf\xe9", "café", True),
        (b"a\r\nb\rc", "a\nb\nc", False),
        (b"\xff\xfea\0", "a", False),
        (b"", "", False),
    ],
)
def test_text_is_decoded_and_a_guess_is_called_one(data: bytes, text: str, guessed: bool) -> None:
    found = decode(data)
    assert (found.text, found.guessed) == (text, guessed)


def test_a_letter_that_is_cut_in_two_is_left_out() -> None:
    assert decode("é€".encode()[:-1], cut=True).text == "é"
    assert decode(b"caf\xe9 and more", cut=True).text == "café and more"
