"""Parts of a file's picture are blacked out on the pages, with a real server and real jails."""

import html
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from inbox_ui.pages import words as page_words
from inbox_ui.preview import words as said
from inbox_ui.redacted import MOST
from tests import samples
from tests.inbox_ui.sent import send_files
from tests.inbox_ui.served import Got, Served, fetched, wait_for
from tests.inbox_ui.test_pages_files import _get_bytes, _pdf
from tests.inbox_ui.test_processes import Office

NAME = "CANARYNAME-my-chat.png"
HIDDEN = "CANARYMAKER"
WIDTH, HEIGHT = 300, 200
COLOUR = (200, 180, 160)
EDGES = ("left", "top", "right", "bottom")


def _screenshot() -> bytes:
    """A plain picture that hides its maker, with a number in lighter pixels at its top."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", HIDDEN)
    picture = Image.new("RGB", (WIDTH, HEIGHT), COLOUR)
    picture.paste("white", (20, 5, 120, 15))
    out = BytesIO()
    picture.save(out, "PNG", pnginfo=info)
    return out.getvalue()


def _wide() -> bytes:
    out = BytesIO()
    Image.new("RGB", (3200, 800), COLOUR).save(out, "PNG")
    return out.getvalue()


FILES = (
    (NAME, _screenshot()),
    ("photo.jpg", samples.photo()),
    ("minutes.pdf", _pdf(21)),
    ("wide.png", _wide()),
    ("words.txt", b"No picture."),
)
SHOT, PHOTO, PDF, WIDE, TEXT = range(1, 6)
SEEN = "By its bytes it is"


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


class Board:
    """One picture of a file that was looked at, and the forms of its page."""

    def __init__(self, served: Served, file: int, picture: int = 0) -> None:
        self.served = served
        self.file = f"/case/{served.the_case()}/file/reporter/0/{file}"
        self.path = f"{self.file}/redact/{picture}"

    def look(self, **form: str) -> "Board":
        """Look at the file anew."""
        ticket = self.served.get(self.file).field("ticket")
        self.served.submit(f"{self.file}/look", ticket=ticket, **form)
        wait_for(lambda: SEEN in self.served.get(f"{self.file}/look").body)
        return self

    @property
    def page(self) -> Got:
        return self.served.get(self.path)

    def do(self, act: str, stand: str = "", **form: str | int) -> Got:
        stand = stand or self.page.field("stand")
        return self.served.post(self.path, do=act, stand=stand, **form)

    def cover(self, *edges: str | int) -> Got:
        return self.do("cover", **dict(zip(EDGES, map(str, edges), strict=True)))

    def point(self, x: int, y: int) -> Got:
        return self.do("point", **{"at.x": x, "at.y": y})

    @property
    def boxes(self) -> list[str]:
        found = re.findall(
            r"From (\d+) to (\d+) across, and from (\d+) to (\d+) down", self.page.main
        )
        return [" ".join(each) for each in found]

    @property
    def shown(self) -> bytes:
        kind, made = _get_bytes(self.served, f"{self.path}/shown")
        assert kind == "image/png"
        return made

    def confirm(self, folder: Path | str, stand: str = "") -> Got:
        stand = stand or self.page.field("stand")
        return self.served.post(f"{self.path}/confirm", folder=str(folder), stand=stand)

    def save(self, folder: Path) -> Path:
        """By the page that warns before; where the copy lies."""
        before = set(folder.iterdir()) if folder.exists() else set()
        page = self.confirm(folder)
        fields = {each: page.field(each) for each in ("folder", "stand", "ticket")}
        assert self.served.submit(f"{self.path}/save", **fields).status == 303
        wait_for(lambda: folder.exists() and len(set(folder.glob("redacted*")) - before) == 1)
        [path] = set(folder.iterdir()) - before
        wait_for(lambda: str(path) in self.served.get(f"/case/{self.served.the_case()}").body)
        return path


def _pixels(png: bytes) -> Image.Image:
    with Image.open(BytesIO(png), formats=["PNG"]) as read:
        return read.convert("RGB")


def _colours(png: bytes, box: Sequence[int]) -> set[object]:
    part = _pixels(png).crop(tuple(box))  # type: ignore[arg-type]
    return {colour for _, colour in part.getcolors(1 << 20) or ()}


def _says(page: Got, sentence: str) -> bool:
    return sentence in html.unescape(page.main)


# -- what is black ------------------------------------------------------------------------------


def test_the_copy_is_the_seen_pixels_with_the_parts_black_and_nothing_else(
    office: Office, served: Served
) -> None:
    board, folder = Board(served, SHOT).look(), office.folder / "to"
    assert _pixels(board.shown).tobytes() == _pixels(_screenshot()).tobytes()
    board.cover(20, 5, 120, 15)
    board.point(200, 100)
    board.point(249, 149)
    assert board.boxes == ["20 120 5 15", "200 250 100 150"]
    shown, path = board.shown, board.save(folder)
    copy = path.read_bytes()
    assert copy == shown
    expected = _pixels(_screenshot())
    for box in ((20, 5, 120, 15), (200, 100, 250, 150)):
        expected.paste("black", box)
    assert _pixels(copy).tobytes() == expected.tobytes()
    for each in (HIDDEN, "CANARY", "tEXt", "Author", "eXIf"):
        assert each.encode() not in copy
    assert (path.name, path.stat().st_mode & 0o777) == ("redacted-1.png", 0o600)
    assert board.save(folder).name == "redacted-1 (2).png"  # none is ever replaced
    assert path.read_bytes() == copy


def test_a_photograph_leaves_nothing_of_its_bytes_in_the_copy(
    office: Office, served: Served
) -> None:
    board, folder = Board(served, PHOTO).look(), office.folder / "photo"
    board.cover("0%", "0%", "50%", "50%")
    copy = board.save(folder).read_bytes()
    original = samples.photo()
    assert b"SN-0042" in original
    runs = {original[at : at + 12] for at in range(len(original) - 12)}
    assert not [each for each in runs if each in copy and len(set(each)) > 2]
    with Image.open(BytesIO(copy)) as read:
        assert (read.format, read.info, dict(read.getexif())) == ("PNG", {}, {})


def test_clicks_and_numbers_give_the_same_box(served: Served) -> None:
    board = Board(served, SHOT).look()
    for first, second in (((10, 20), (59, 89)), ((59, 89), (10, 20)), ((10, 89), (59, 20))):
        board.point(*first)
        assert "One corner is chosen" in board.page.main
        board.point(*second)
    board.cover(10, 20, 60, 90)
    assert board.boxes == ["10 60 20 90"] * 4


def test_a_click_on_a_smaller_picture_covers_all_the_pixels_below_it(served: Served) -> None:
    board = Board(served, WIDE).look()
    smaller = "It is 3,200 × 800 pixels large, and shown smaller. The copy has 1600 by 400 pixels."
    assert _says(board.page, smaller)
    assert 'width="800" height="200"' in board.page.main  # of 1600 × 400, at 50 %
    board.point(10, 10)
    board.point(19, 19)
    board.do("size", size=25)
    assert 'width="400" height="100"' in board.page.main
    board.point(5, 5)
    board.point(9, 9)
    board.do("size", size=100)
    board.point(20, 20)
    board.point(39, 39)
    assert board.boxes == ["20 40 20 40"] * 3
    board.do("size", size=1000)
    assert 'width="1600" height="400"' in board.page.main


def test_parts_are_taken_away_and_turned_round_and_all_of_them_forgotten(served: Served) -> None:
    board = Board(served, SHOT).look()
    board.cover(0, 0, 10, 10)
    board.cover(50, 50, 60, 60)
    board.do("uncover", number=0)
    assert board.boxes == ["50 60 50 60"]
    assert _colours(board.shown, (0, 0, 10, 10)) == {COLOUR}
    board.do("keep", number=0)
    assert len(board.boxes) == 4
    assert _colours(board.shown, (50, 50, 60, 60)) == {COLOUR}
    for box in ((0, 0, 300, 50), (0, 60, 300, 200), (0, 50, 50, 60), (60, 50, 300, 60)):
        assert _colours(board.shown, box) == {(0, 0, 0)}
    board.do("restart")
    assert board.boxes == []
    assert _pixels(board.shown).tobytes() == _pixels(_screenshot()).tobytes()


def test_a_corner_alone_is_shown_and_forgotten_and_never_saved(
    office: Office, served: Served
) -> None:
    board, folder = Board(served, SHOT).look(), office.folder / "corner"
    board.cover(0, 0, 10, 10)
    board.point(100, 100)
    assert (0, 0, 0) in _colours(board.shown, (90, 90, 110, 110))  # its cross
    refused = board.confirm(folder)
    assert (refused.status, _says(refused, page_words.CORNER_ALONE)) == (400, True)
    board.do("forget")
    assert _colours(board.shown, (90, 90, 110, 110)) == {COLOUR}
    assert board.confirm(folder).status == 200
    assert not folder.exists()


# -- what is refused ----------------------------------------------------------------------------


def test_without_a_black_part_nothing_is_saved(office: Office, served: Served) -> None:
    board, folder = Board(served, SHOT).look(), office.folder / "none"
    refused = board.confirm(folder)
    assert (refused.status, _says(refused, said.NO_BOX)) == (400, True)
    stand = board.page.field("stand")
    got = served.post(f"{board.path}/save", folder=str(folder), stand=stand, ticket="none")
    assert (got.status, _says(got, said.NO_BOX)) == (400, True)
    assert not folder.exists()


def test_what_was_confirmed_is_saved_or_nothing(office: Office, served: Served) -> None:
    """Another page of ours took a part away in between."""
    board, folder = Board(served, SHOT).look(), office.folder / "stale"
    board.cover(20, 5, 120, 15)
    board.cover(0, 0, 1, 1)
    confirmed = board.confirm(folder)
    board.do("uncover", number=0)
    fields = {each: confirmed.field(each) for each in ("folder", "stand", "ticket")}
    got = served.post(f"{board.path}/save", **fields)
    assert (got.status, _says(got, page_words.PARTS_CHANGED)) == (400, True)
    for stand in ("", "x", "\x00"):
        got = served.post(f"{board.path}/confirm", folder=str(folder), stand=stand)
        assert (got.status, _says(got, page_words.PARTS_CHANGED)) == (400, True)
    assert not folder.exists()


def test_a_form_that_is_sent_twice_acts_once(office: Office, served: Served) -> None:
    board, folder = Board(served, SHOT).look(), office.folder / "twice"
    stand = board.page.field("stand")
    for _ in range(2):
        board.do("cover", stand, left=1, top=1, right=9, bottom=9)
    assert board.boxes == ["1 9 1 9"]
    page = board.confirm(folder)
    fields = {each: page.field(each) for each in ("folder", "stand", "ticket")}
    for _ in range(2):
        served.submit(f"{board.path}/save", **fields)
    wait_for((folder / "redacted-1.png").exists)
    assert "saving" not in served.get(f"/case/{served.the_case()}").main
    assert [each.name for each in folder.iterdir()] == ["redacted-1.png"]


@pytest.mark.parametrize(
    ("edges", "sentence"),
    [
        (("", "", "", ""), said.BOX_NUMBERS),
        (("nan", "0", "9", "9"), said.BOX_NUMBERS),
        (("-5", "0", "9", "9"), said.BOX_NUMBERS),
        (("0", "0", "9" * 400, "9"), said.BOX_NUMBERS),
        (("0", "0", "inf", "1e9"), said.BOX_NUMBERS),
        (("<script>", "\x00", "{{1}}", "%s"), said.BOX_NUMBERS),
        (("5", "5", "5", "9"), said.BOX_EMPTY),
        (("0", "0", "0", "0"), said.BOX_EMPTY),
        (("300", "0", "400", "9"), said.BOX_OUTSIDE),
    ],
)
def test_a_box_that_is_none_is_refused_with_a_sentence(
    served: Served, edges: tuple[str, ...], sentence: str
) -> None:
    board = Board(served, SHOT).look()
    refused = board.cover(*edges)
    assert (refused.status, _says(refused, sentence)) == (400, True)
    assert "<script>" not in refused.main
    assert board.boxes == []
    board.cover("290", "190", "99999", "999%")  # what lies outside is left away
    assert board.boxes == ["290 300 190 200"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"do": "point"}, 400),
        ({"do": "point", "at.x": "0", "at.y": "0"}, 400),  # what a key says that presses it
        ({"do": "point", "at.x": "-1", "at.y": "5"}, 400),
        ({"do": "point", "at.x": "5", "at.y": "NaN"}, 400),
        ({"do": "point", "at.x": "300", "at.y": "5"}, 400),
        ({"do": "point", "at.x": "9" * 500, "at.y": "5"}, 400),
        ({"do": "point", "at.x": "999999999", "at.y": "999999999"}, 400),
        ({"do": "uncover"}, 303), ({"do": "uncover", "number": "-1"}, 303),
        ({"do": "uncover", "number": "7"}, 303), ({"do": "keep", "number": "x"}, 303),
        ({"do": "keep", "number": "99"}, 303), ({"do": "size", "size": "0"}, 303),
        ({"do": "size", "size": "-50"}, 303), ({"do": ""}, 303), ({"do": "__class__"}, 303),
        ({}, 303),
    ],
)  # fmt: skip
def test_hostile_forms_change_nothing(served: Served, form: dict[str, str], status: int) -> None:
    board = Board(served, SHOT).look()
    board.cover(1, 1, 2, 2)
    got = served.submit(board.path, stand=board.page.field("stand"), **form)
    assert (got.status, served.follow(got).status) == (303, status)
    assert board.boxes == ["1 2 1 2"]
    assert board.page.status == 200


def test_there_are_so_many_parts_and_no_more(served: Served) -> None:
    board = Board(served, SHOT).look()
    for each in range(MOST):
        board.cover(each, 0, each + 1, 1)
    for refused in (board.cover(0, 5, 9, 9), board.do("keep", number=50)):
        assert (refused.status, _says(refused, said.TOO_MANY_BOXES)) == (400, True)
    assert len(board.boxes) == MOST


def test_what_has_no_picture_or_was_not_seen_has_no_page(served: Served) -> None:
    for board in (Board(served, TEXT).look(), Board(served, SHOT, 1), Board(served, SHOT, 99)):
        assert board.page.status == 404
        for path in (board.path, f"{board.path}/confirm", f"{board.path}/save"):
            assert (
                served.post(path, do="cover", folder="/tmp/x", ticket="t", stand="").status == 404
            )
        assert served.get(f"{board.path}/shown").status == 404


# -- where the boxes are ------------------------------------------------------------------------


def test_parts_of_one_picture_are_laid_over_no_other(office: Office, served: Served) -> None:
    first, second, other = Board(served, PDF).look(), Board(served, PDF, 1), Board(served, SHOT)
    other.look()
    first.cover(0, 0, 10, 10)
    stand = first.page.field("stand")
    for each in (second, other):
        assert each.boxes == []
        each.do("cover", stand, left=1, top=1, right=9, bottom=9)  # of another picture's page
        assert each.boxes == []
    second.cover(5, 5, 50, 50)
    assert (first.boxes, second.boxes, other.boxes) == (["0 10 0 10"], ["5 50 5 50"], [])
    assert second.save(office.folder / "pages").name == "redacted-2.png"
    first.look(first="20", how="look")  # page 21 has the place of page 1 now
    assert "page 21 of 21" in first.page.main
    assert first.boxes == []
    assert second.page.status == 404


def test_to_look_anew_forgets_the_parts(served: Served) -> None:
    board = Board(served, SHOT).look()
    board.cover(1, 1, 9, 9)
    assert board.look().boxes == []


def test_the_parts_are_on_no_disk_and_go_with_the_lock(office: Office) -> None:
    vault = office.folder / "vault"
    with Served(vault, unlocked=True, server=office.url) as served:
        served.enter()
        wait_for(lambda: "data-row" in served.get("/queue/all/1").body)
        board = Board(served, SHOT).look()
        history = served.get(f"/case/{served.the_case()}/history").main
        before = {each for each in office.folder.rglob("*") if each.is_file()}
        board.cover(1, 1, 9, 9)
        stand = board.page.field("stand")
        new = {each for each in office.folder.rglob("*") if each.is_file()} - before
        assert not [each for each in new if b"IHDR" in each.read_bytes()]
        assert not [each for each in new if stand.encode() in each.read_bytes()]
        board.save(office.folder / "kept")
        assert served.get(f"/case/{served.the_case()}/history").main == history  # as for any save
        served.submit("/lock")
        wait_for(lambda: board.page.status == 403)
        served.unlock()
        assert board.page.status == 404
        assert board.look().boxes == []
        assert board.page.field("stand") != stand
