"""Files of a case on the pages: looked at, cleaned and saved, with a real server and real jails."""

import html
import http.client
import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from dropbox.client.names import safe_name
from inbox_ui.preview import words as said
from inbox_ui.preview.png import write_png
from inbox_ui.preview.sight import Kind, Note
from tests import samples
from tests.inbox_ui.sent import send_files
from tests.inbox_ui.served import Got, Served, fetched, wait_for
from tests.inbox_ui.test_processes import Office

CANARY = "CANARYMACRO"
HOSTILE = "Words. <img src=x onerror=pwned()>\x1b[31m \u202egpj.exe"


def _pdf(pages: int) -> bytes:
    out = BytesIO()
    canvas = Canvas(out)
    for number in range(pages):
        canvas.drawString(72, 700, f"Words of page {number + 1}")
        canvas.linkURL("https://example.invalid/seen", (72, 690, 200, 720))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


FILES = (
    ("photo.jpg", samples.photo()),
    ("minutes.pdf", _pdf(21)),
    ("\u202egpj.exe", HOSTILE.encode()),
    ("page.txt", f"<html><script>{CANARY}</script>".encode()),
    ("../../words.txt", b"twice"),
    ("papers.zip", b"PK\x05\x06" + bytes(18)),
)
PHOTO, PDF, TEXT, PAGE, TWICE, PAPERS = range(1, 7)
FOUND_NOTHING = "Nothing was found of the kind we look for."


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("office"))
    with office.serve():
        send_files(office, FILES)
        yield office


@pytest.fixture(scope="module")
def served(office: Office) -> Iterator[Served]:
    with fetched(office.folder / "vault", office.url) as served:
        yield served


def _path(served: Served, number: int) -> str:
    return f"/case/{served.the_case()}/file/reporter/0/{number}"


def _look(served: Served, number: int, **form: str) -> Got:
    path = _path(served, number)
    ticket = served.get(path).field("ticket")
    assert served.submit(f"{path}/look", ticket=ticket, **form).location == f"{path}/look"
    wait_for(lambda: "By its bytes it is" in served.get(f"{path}/look").body)
    return served.get(f"{path}/look")


def _pixels(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png), formats=["PNG"])


def _get_bytes(served: Served, path: str) -> tuple[str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("GET", path, headers=dict(served.own()))
    answer = connection.getresponse()
    try:
        return answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()


def test_a_picture_is_made_anew_and_what_the_file_hides_is_said(served: Served) -> None:
    page = _look(served, PHOTO)
    assert said.KINDS[Kind.JPEG] in page.main
    assert "Where it was made" in page.main
    [source] = re.findall(r'<img class="look__picture" src="([^"]+)"', page.main)
    kind, made = _get_bytes(served, source)
    assert kind == "image/png"
    with Image.open(BytesIO(samples.photo())) as original, _pixels(made) as shown:
        assert (shown.size, shown.mode, shown.info) == (
            (original.height, original.width),
            "RGB",
            {},
        )  # turned upright
    assert {each for each in (b"IHDR", b"IDAT", b"IEND", b"eXIf", b"tEXt") if each in made} == {
        b"IHDR", b"IDAT", b"IEND",
    }  # fmt: skip


def test_pages_are_turned_and_their_words_and_links_stand_beside_them(served: Served) -> None:
    page = _look(served, PDF)
    assert page.main.count("<img") == 20
    assert "Words of page 20" in page.main
    assert "https://example.invalid/seen" in page.main
    assert 'href="https' not in page.main
    path, form = _path(served, PDF), {"first": "20", "how": "look", "ticket": "turned"}
    served.submit(f"{path}/look", **form)
    wait_for(lambda: "Page 21 of 21" in served.get(f"{path}/look").body)
    page = served.get(f"{path}/look")
    assert page.main.count("<img") == 1
    assert "Pages before" in page.main
    assert "Next pages" not in page.main
    assert served.get(f"{path}/look/1").status == 404


def test_a_page_beyond_the_last_shows_none_and_breaks_nothing(served: Served) -> None:
    path = _path(served, PDF)
    served.submit(f"{path}/look", first="999999999", how="look", ticket="beyond")
    wait_for(lambda: "By its bytes it is" in served.get(f"{path}/look").body)
    assert "<img" not in served.get(f"{path}/look").main


def test_hostile_text_is_text(served: Served) -> None:
    page = _look(served, TEXT)
    shown = html.unescape(page.main)
    assert "<img src=x" not in page.main
    assert "Words. <img src=x onerror=pwned()><U+001B>[31m <U+202E>gpj.exe" in shown
    assert not {"\x1b", "\u202e"} & set(shown)


def test_a_web_page_is_refused_by_what_it_is_and_shown_as_text_when_asked(served: Served) -> None:
    page = _look(served, PAGE)
    assert said.KINDS[Kind.HTML] in page.main
    assert said.NOTES[Note.NOT_SHOWN] in page.main
    assert CANARY not in page.main
    path = _path(served, PAGE)
    served.submit(f"{path}/look", how="text", ticket="as text")
    wait_for(lambda: CANARY in served.get(f"{path}/look").body)
    assert f"<script>{CANARY}" not in served.get(f"{path}/look").main


def test_nothing_is_said_to_be_found_only_where_it_was_looked_for(served: Served) -> None:
    unsearched, searched = _look(served, PAPERS).main, _look(served, TEXT).main
    assert said.NOTES[Note.NOT_SEARCHED] in unsearched
    assert said.NOT_SEARCHED in unsearched
    assert FOUND_NOTHING not in unsearched
    assert FOUND_NOTHING in searched
    assert said.NOT_SEARCHED not in searched


def test_what_was_seen_lies_on_no_disk_and_goes_with_the_lock(office: Office) -> None:
    vault = office.folder / "vault"
    with Served(vault, unlocked=True, server=office.url) as served:
        served.enter()
        wait_for(lambda: "data-row" in served.get("/queue/all/1").body)
        before = {each for each in office.folder.rglob("*") if each.is_file()}
        path = _path(served, TEXT)
        _look(served, TEXT)
        after = {each for each in office.folder.rglob("*") if each.is_file()} - before
        assert not [each for each in after if b"pwned" in each.read_bytes()]
        served.submit("/lock")
        wait_for(lambda: served.get(f"{path}/look").status == 403)
        served.unlock()
        assert served.get(f"{path}/look").status == 404


def test_nothing_is_saved_before_the_place_was_named_and_warned_about(
    office: Office, served: Served
) -> None:
    path, folder = _path(served, TWICE), office.folder / "to"
    page = served.post(f"{path}/confirm", folder=str(folder), what="original")
    assert str(folder) in page.main
    assert "encrypted" in page.main
    assert not folder.exists()
    served.submit(
        path, folder=page.field("folder"), what=page.field("what"), ticket=page.field("ticket")
    )
    wait_for((folder / safe_name("../../words.txt")).exists)
    assert served.post(f"{path}/confirm", folder="relative").status == 400


def test_a_cleaned_copy_shows_the_same_and_says_nothing_more(
    office: Office, served: Served
) -> None:
    path, folder = _path(served, PHOTO), office.folder / "cleaned"
    page = served.post(f"{path}/confirm", folder=str(folder), what="cleaned")
    served.submit(path, folder=str(folder), what=page.field("what"), ticket=page.field("ticket"))
    wait_for((folder / "photo.jpg").exists)
    copy = (folder / "photo.jpg").read_bytes()
    assert copy != samples.photo()
    assert b"SN-0042" not in copy
    with Image.open(BytesIO(samples.photo())) as before, Image.open(BytesIO(copy)) as after:
        assert before.tobytes() == after.tobytes()
    assert (folder / "photo.jpg").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_cleaned_is_not_saved_in_its_place(office: Office, served: Served) -> None:
    path, folder = _path(served, PAGE), office.folder / "uncleaned"
    served.submit(path, folder=str(folder), what="cleaned", ticket="uncleaned")
    case = f"/case/{served.the_case()}"
    wait_for(lambda: said.NOTES[Note.NO_COPY] in served.get(case).main)
    assert not folder.exists() or list(folder.iterdir()) == []


def test_without_the_key_no_picture_is_given(served: Served) -> None:
    path = _path(served, PHOTO)
    _look(served, PHOTO)
    assert served.send("GET", f"{path}/look/0", served.own(cookie=False)).status == 403


def test_our_png_is_read_by_others_as_what_was_written() -> None:
    rows = bytes(range(3 * 5 * 4))
    with _pixels(write_png(5, 4, rows)) as read:
        assert (read.size, read.mode, read.tobytes()) == ((5, 4), "RGB", rows)
    with pytest.raises(ValueError, match="rows"):
        write_png(5, 4, rows[1:])
