"""What a file hides is looked for first and for itself, and only a search that ended says so."""

from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from dropbox.client.metadata.findings import Finding
from dropbox.client.metadata.findings import Kind as Finds
from inbox_ui.preview.seeing import Task, see
from inbox_ui.preview.sight import Failure, Kind, Note, Sight
from tests.hostile_files import all_files, compound, entry

PLACE, NORTH = 0x8825, {1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)}


def _large_photo() -> bytes:
    """48 megapixels, with the place at which it was taken."""
    out, said = BytesIO(), Image.Exif()
    said.get_ifd(PLACE).update(NORTH)
    Image.linear_gradient("L").resize((8000, 6000)).convert("RGB").save(out, "JPEG", exif=said)
    return out.getvalue()


def _notes(seen: Sight) -> set[Note]:
    return {note for note, _ in seen.notes}


def test_a_photo_of_48_megapixels_is_shown_searched_and_cleaned() -> None:
    photo = _large_photo()
    seen = see(photo)
    assert (seen.failure, seen.searched, len(seen.pictures)) == (None, True, 1)
    assert Finds.PLACE in {each.kind for each in seen.findings}
    assert Note.NO_MEMORY not in _notes(seen)
    cleaned = see(photo, Task.CLEAN).copy
    assert cleaned is not None
    assert see(cleaned, Task.INSPECT).findings == ()


@pytest.mark.parametrize("name", ["bomb.pdf", "turns.pdf"])
def test_a_reader_that_dies_does_not_lose_what_was_found(name: str) -> None:
    data = next(each.data for each in all_files() if each.name == name)
    with pikepdf.open(BytesIO(data)) as document:
        document.docinfo["/Author"] = "A. Writer"
        out = BytesIO()
        document.save(
            out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none
        )
    seen = see(out.getvalue())
    assert seen.failure in (Failure.ENDED, Failure.TOO_LATE)
    assert seen.searched
    assert Finding(Finds.AUTHOR, "A. Writer") in seen.findings


def test_a_part_that_is_only_large_is_not_called_damaged() -> None:
    data = next(each.data for each in all_files() if each.name == "too-far.docx")
    assert Note.DAMAGED not in _notes(see(data))


def test_what_nothing_can_look_into_was_not_searched() -> None:
    seen = see(bytes(range(256)) * 40)
    assert not seen.searched
    assert Note.NOT_SEARCHED in _notes(seen)


def test_words_about_macros_and_entries_that_are_not_used_are_no_macros() -> None:
    words = "VBA Macros dir PROJECT".encode("utf-16-le").ljust(512, b"\1")
    unused = entry("VBA", kind=0) + entry("PROJECT") + entry("Macros of mine")
    seen = see(compound(entry("Root Entry") + unused, words))
    assert seen.kind is Kind.OLD_OFFICE
    assert Note.MACROS not in _notes(seen)
