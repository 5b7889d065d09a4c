"""Searching: what is typed is data, and nothing is found that may not be read."""

import os
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from weakref import WeakKeyDictionary

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.documents import Answer, Conclusion
from crypto.reporter import Draft
from inbox_ui import assigning, casework, interests
from inbox_ui.backup import back_up
from inbox_ui.search import index as indexing
from inbox_ui.search.excerpts import BEGINS, ENDS, excerpt
from inbox_ui.search.index import MANY, ON_A_PAGE, Found, Index
from inbox_ui.search.likeness import ALIKE, likeness, sketch
from inbox_ui.search.plain import plain
from inbox_ui.search.query import LONGEST, read_query
from inbox_ui.search.shard import Shard
from inbox_ui.station import Station
from inbox_ui.work.pieces import Escalation, Work
from inbox_ui.work.recording import record
from tests.inbox_ui.conftest import TODAY, Desk, Writer
from tests.inbox_ui.team import Colleagues, id_of

New = Callable[[], Writer]


_INDEXES: WeakKeyDictionary[Station, Index] = WeakKeyDictionary()


def _index(desk: Desk) -> Index:
    """That of the desk's session."""
    return _INDEXES.setdefault(desk.station, Index())


def _search(desk: Desk, typed: str, page: int = 1) -> Found:
    desk.station.refresh()
    _index(desk).follow(desk.station)
    return _index(desk).search(typed, page)


def _cases(desk: Desk, typed: str) -> list[str]:
    return sorted({each.case for each in _search(desk, typed).results})


def _excerpt(desk: Desk, typed: str) -> str:
    [result] = _search(desk, typed).results
    return "".join(f"[{text}]" if found else text for text, found in result.parts)


def _one(desk: Desk, reporter: New, text: str) -> Writer:
    writer = reporter()
    writer.write(text)
    desk.sync()
    return writer


# -- what is found ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("tait", True),
        ("TAIT sells", True),
        ("tait bought", False),
        ('"sells checks"', True),
        ('"checks sells"', False),
        ("che*", True),
        ("heck*", False),
        ("wyn", True),  # ŵyn
        ("ŵyn", True),
        ("cafe", True),  # cafe with an accent of its own
        ("o'neill", True),
        ("O’Neill", True),
        ("AB12", True),
        ("“sells checks”", True),
        ("zero", True),  # what has no width stands between its letters
        ("ﬁle", True),  # a ligature
    ],
)
def test_words_phrases_and_beginnings_are_found_in_any_case_and_with_or_without_marks(
    desk: Desk, reporter: New, typed: str, found: bool
) -> None:
    text = "Tait sells checks; ŵyn at the cafe\u0301 with O'Neill, AB12 CDE. ze\u200bro \u202efile"
    _one(desk, reporter, text)
    assert bool(_search(desk, typed).results) == found


def test_everything_a_case_shows_is_searched(desk: Desk, reporter: New) -> None:
    writer = reporter()
    draft = Draft("The report.", forces=("demo-calder",), answers=(Answer("who", "An answer."),))
    desk.server.put(writer.core.report(draft, desk.server.today))
    desk.sync()
    writer.write("A second message.")
    desk.sync()
    station = desk.station
    casework.reply(station, desk.only(), "Our reply.", "en", None)
    casework.note(station, desk.only(), "Our note.")
    danger = Escalation(None, False, "A described danger.", "", "", "")
    record(station, desk.only(), Work.ESCALATION, danger)
    desk.sync()
    for typed in ("report", "answer", "second", "reply", "note", "described", "calder"):
        assert _cases(desk, typed) == [desk.only().name], typed


def test_what_waits_for_the_server_is_searched_too(desk: Desk, reporter: New) -> None:
    _one(desk, reporter, "The report.")
    casework.note(desk.station, desk.only(), "A lantern of ours.")
    assert _search(desk, "lantern").count == 1
    desk.sync()
    assert _search(desk, "lantern").count == 1
    casework.note(desk.station, desk.only(), "A candle.")
    assert _search(desk, "candle").count == 1


def test_a_result_says_where_it_stands_and_marks_what_was_found(desk: Desk, reporter: New) -> None:
    _one(desk, reporter, "He takes <b>money</b> & more from the bar, so they say.")
    [result] = _search(desk, "money").results
    assert (result.case, result.place.chain, result.place.seq) == (desk.only().name, 1, 0)
    assert result.place.day == str(TODAY)
    assert _excerpt(desk, "money") == ("He takes <b>[money]</b> & more from the bar, so they say.")


def test_the_best_come_first_and_pages_follow_each_other(desk: Desk, reporter: New) -> None:
    for number in range(ON_A_PAGE + 5):
        reporter().write(f"Number {number}: lantern, and much else that is of no matter at all.")
    reporter().write("lantern lantern")
    desk.sync()
    first, second = _search(desk, "lantern"), _search(desk, "lantern", 2)
    assert (first.count, first.pages, first.ranked) == (ON_A_PAGE + 6, 2, True)
    assert "lantern lantern" in "".join(text for text, _ in first.results[0].parts).replace("[", "")
    assert len(second.results) == 6
    assert not {each.place for each in first.results} & {each.place for each in second.results}
    assert _search(desk, "lantern", 999).page == 2


def test_where_very_much_is_found_the_newest_come_first_and_nothing_is_counted_to_the_end(
    desk: Desk, reporter: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "MANY", 4)
    assert MANY > 4
    writers = [_one(desk, reporter, f"The bar, number {number}.") for number in range(6)]
    found = _search(desk, "bar")
    assert (found.count, found.ranked) == (4, False)
    newest = desk.station.archive.mailbox(writers[-1].address)
    assert newest is not None
    assert found.results[0].place.mailbox == newest.id


@pytest.mark.parametrize("typed", ["", " ", "*", '"', '""', "…", "🎉", "\x00", "- ( ) ^", '"*"'])
def test_signs_alone_look_for_nothing(desk: Desk, reporter: New, typed: str) -> None:
    _one(desk, reporter, "A word * and 🎉.")
    found = _search(desk, typed)
    assert (found.asked, found.count, found.results) == (False, 0, ())


# -- hostile input ------------------------------------------------------------------------------

HOSTILE = [
    "bar OR NOT money",
    "bar AND",
    "NEAR(bar money)",
    "NEAR/2",
    "text : bar",
    "mailbox:1",
    "{text} : bar",
    "^bar",
    "bar + money",
    '"bar" *',
    '"bar',
    'bar"',
    '""bar""',
    'a"b"c"d',
    "(((((",
    "bar) OR (money",
    "'; DROP TABLE words; --",
    "bar\x00money",
    "ba\u202er",
    "\x02bar\x03",
    "%s {} \\",
    "-bar",
    "bar*money*",
    "**bar**",
    "\ud800".encode("utf-8", "replace").decode(),
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_the_language_of_the_index_is_never_spoken(desk: Desk, reporter: New, typed: str) -> None:
    _one(desk, reporter, "The bar and the money.")
    before = _search(desk, "bar").count
    found = _search(desk, typed)
    assert found.count in (0, 1)
    assert _search(desk, "bar").count == before
    if " OR " in typed or " NOT " in typed:
        assert found.count == 0  # a word like any other, and not in this text


@given(st.text(max_size=300))
def test_any_text_is_a_search_that_the_index_understands(typed: str) -> None:
    shard = Shard()
    shard.count(read_query(typed), 1) if read_query(typed) else None
    shard.close()


def test_a_long_search_is_cut_off() -> None:
    assert len(read_query("word " * 10_000)) < LONGEST * 3
    assert read_query("x" * 10_000) == f'"{"x" * LONGEST}"'


@pytest.mark.parametrize(
    "text",
    ["x" * 40_000, "🎉" * 30_000, "word " * 8_000, "\u202e" * 40_000, "a" + "\u0301" * 39_999],
    ids=["letters", "emoji", "words", "bidi", "accents"],
)
def test_long_and_strange_texts_are_searched_and_shown_shortly(
    desk: Desk, reporter: New, text: str
) -> None:
    _one(desk, reporter, f"lantern {text[:39_000]}")
    _one(desk, reporter, f"{text[:39_000]} candle")
    for typed in ("lantern", "candle"):
        [result] = _search(desk, typed).results
        assert sum(len(text) for text, _ in result.parts) < 300
        assert any(found and text == typed for text, found in result.parts)


def test_an_excerpt_is_cut_without_losing_where_it_is_marked() -> None:
    marked = f"{'word ' * 100}{BEGINS}{'long' * 200}{ENDS} after"
    parts = excerpt(marked)
    assert parts[0] == ("…", False)
    assert parts[-1] == ("…", False)
    assert any(found for _, found in parts)
    assert not any(sign in text for text, _ in parts for sign in (BEGINS, ENDS))


def test_no_text_can_mark_itself(desk: Desk, reporter: New) -> None:
    _one(desk, reporter, f"A {BEGINS}trick{ENDS} in the bar. A\x00B")
    assert _excerpt(desk, "bar") == "A trick in the [bar]. A B"


def test_plain_text_has_no_control_characters() -> None:
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    assert not any(each in plain(every) for each in "\x00\x02\x03\n\u200b\u202e\u2066\ufeff")


# -- who may read -------------------------------------------------------------------------------


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk]) -> Colleagues:
    colleagues = Colleagues(desk, make_desk)
    desk.sync()
    colleagues.join("bo")
    colleagues.sync()
    return colleagues


def test_a_case_that_is_given_away_is_found_by_those_who_have_it_alone(
    team: Colleagues, desk: Desk, reporter: New
) -> None:
    _one(desk, reporter, "The lantern.")
    team.sync()
    bo = team.desks["bo"]
    assert _cases(desk, "lantern")
    assert _cases(bo, "lantern")
    assigning.assign(desk.station, desk.only(), frozenset({id_of(bo)}), "")
    team.sync()
    assert _cases(desk, "lantern") == []
    assert _search(desk, "lantern").cases == 0
    assert _cases(bo, "lantern")
    desk.close()
    assert _cases(desk, "lantern") == []


def test_a_declared_interest_hides_from_the_search_at_once_and_for_as_long_as_it_is_declared(
    desk: Desk, reporter: New
) -> None:
    _one(desk, reporter, "Sergeant Bloggs and the lantern.")
    _one(desk, reporter, "Another lantern.")
    assert len(_cases(desk, "lantern")) == 2
    desk.station.keep(lambda vault: interests.declare(vault, "Bloggs"))
    assert len(_cases(desk, "lantern")) == 1
    assert _cases(desk, "bloggs") == []
    desk.station.keep(lambda vault: interests.withdraw(vault, "Bloggs"))
    assert len(_cases(desk, "bloggs")) == 1


def _purge_all(team: Colleagues) -> None:
    """The only case is assigned, concluded, and its days pass."""
    desk = team.first
    everybody = frozenset(map(id_of, (desk, team.desks["bo"])))
    assigning.assign(desk.station, desk.only(), everybody, "")
    team.sync()
    file = desk.open().file
    desk.station.archive.outbox.put(desk.station.analyst.receipt(file))
    team.sync()
    until = TODAY + timedelta(days=1)
    assigning.conclude(desk.station, desk.only(), Conclusion.REFERRED, until, "Passed on.")
    team.sync()
    for _ in range(9):  # a week has to pass after the conclusion
        desk.clock.go(1)
        desk.server.today = desk.clock()
        desk.sync()


def test_a_purged_case_is_gone_from_the_search_and_from_what_is_kept_of_it(
    team: Colleagues, desk: Desk, reporter: New
) -> None:
    _one(desk, reporter, "The purgeable lantern.")
    team.sync()
    assert _cases(desk, "lantern")
    before = list(_index_files(desk))
    assert before
    _purge_all(team)
    assert desk.cases() == []
    assert list(_index_files(desk)) == []  # before anybody searches again
    assert _cases(desk, "lantern") == []
    desk.close()
    assert _cases(desk, "lantern") == []


def test_a_process_that_read_before_a_purge_does_not_put_the_case_back(
    team: Colleagues, desk: Desk, reporter: New
) -> None:
    _one(desk, reporter, "The purgeable lantern.")
    team.sync()
    other = Desk(desk.folder, desk.server, desk.clock)
    other.station.refresh()  # it has seen the case, and has not read it for the search
    _purge_all(team)
    _index(other).follow(other.station)
    assert list(_index_files(desk)) == []
    other.close()


def test_a_case_that_was_taken_is_gone_from_what_is_kept_of_the_search(
    team: Colleagues, desk: Desk, reporter: New
) -> None:
    _one(desk, reporter, "The lantern.")
    team.sync()
    bo = team.desks["bo"]
    assigning.assign(desk.station, desk.only(), frozenset(map(id_of, (desk, bo))), "")
    team.sync()
    assert _cases(bo, "lantern")
    before = list(_index_files(bo))
    assert before
    fewer = frozenset({id_of(bo)})
    assigning.change_handlers(desk.station, desk.only(), frozenset(), fewer, "")
    desk.sync()
    assert bo.sync().departed == [bo.only().name]
    assert list(_index_files(bo)) == []  # before anybody searches again
    assert _cases(bo, "lantern") == []


def test_what_was_removed_is_in_no_image_of_the_index() -> None:
    shard = Shard()
    canary = secrets.token_hex(16)
    shard.put({1: ("one", _contents("The lantern.")), 2: ("two", _contents(f"The {canary}."))})
    assert canary.encode() in shard.to_bytes()
    shard.remove(2)
    image = shard.to_bytes()
    assert canary.encode() not in image
    for start in range(32 - 8):  # an index keeps only what differs from the word before
        assert canary[start : start + 8].encode() not in image
    again = Shard(image)
    assert again.known == {1: "one"}
    assert again.count('"lantern"', 5) == 1
    assert again.count(f'"{canary}"', 5) == 0


def _contents(text: str) -> indexing.Contents:
    from inbox_ui.search.contents import Contents, Text

    return Contents(
        (Text(1, 0, str(TODAY), "report", text),), frozenset({("person", text)}), text, sketch(text)
    )


# -- between sessions ---------------------------------------------------------------------------


def _index_files(desk: Desk) -> list[Path]:
    folder = desk.folder.index
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _reads(desk: Desk) -> int:
    """How many cases a new session has to read before it can search."""
    desk.close()
    desk.station.refresh()
    told: list[int] = []
    _index(desk).follow(desk.station, progress=lambda _, of: told.append(of))
    return max(told, default=0)


def test_nothing_of_it_can_be_read_on_the_disk(desk: Desk, reporter: New, tmp_path: Path) -> None:
    canary = secrets.token_hex(16)
    _one(desk, reporter, f"The {canary}.")
    casework.note(desk.station, desk.only(), f"Note {canary}")
    desk.sync()
    assert _cases(desk, canary)
    assert _index_files(desk)
    forms = [canary.encode(), canary.encode("utf-16-le"), canary[4:20].encode(), b"SQLite format 3"]
    looked = 0
    for path in [each for each in tmp_path.rglob("*") if each.is_file()]:
        data, looked = path.read_bytes(), looked + 1
        assert not any(form in data for form in forms[:3]), path
        if path.parent == desk.folder.index:
            assert forms[3] not in data
            assert path.stat().st_mode & 0o777 == 0o600
    assert looked > 3
    assert desk.folder.index.stat().st_mode & 0o777 == 0o700


def test_sqlite_writes_no_file_for_the_index(desk: Desk, reporter: New) -> None:
    _one(desk, reporter, "The lantern.")
    assert _cases(desk, "lantern")
    opened = [os.readlink(f"/proc/self/fd/{each}") for each in os.listdir("/proc/self/fd")
              if os.path.exists(f"/proc/self/fd/{each}")]  # fmt: skip
    assert not any("etilqs" in each or "index" in Path(each).parts for each in opened)


def test_the_next_session_opens_what_was_kept_and_reads_only_what_has_changed(
    desk: Desk, reporter: New
) -> None:
    writers = [_one(desk, reporter, f"The lantern {number}.") for number in range(5)]
    assert len(_cases(desk, "lantern")) == 5
    assert _reads(desk) == 0
    assert len(_cases(desk, "lantern")) == 5
    writers[2].write("A candle.")
    desk.sync()
    assert _reads(desk) == 1
    assert len(_cases(desk, "candle")) == 1


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other", "swap"])
def test_an_image_that_does_not_open_is_read_anew(desk: Desk, reporter: New, damage: str) -> None:
    _one(desk, reporter, "The lantern.")
    assert _cases(desk, "lantern")
    [path] = _index_files(desk)
    sealed = path.read_bytes()
    flipped = sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:]
    wrong = {"cut": sealed[:-1], "flip": flipped, "empty": b"", "other": os.urandom(9000)}
    if damage == "swap":
        path.rename(path.with_name("000007"))
    else:
        path.write_bytes(wrong[damage])
    assert _reads(desk) == 1
    assert _cases(desk, "lantern")
    assert [each.name for each in _index_files(desk)] == ["000000"]
    assert _reads(desk) == 0


def test_an_image_of_an_older_copy_of_the_archive_finds_nothing_that_is_not_there(
    desk: Desk, reporter: New
) -> None:
    """Somebody puts the file of yesterday back: what it has of cases is held against the fold."""
    _one(desk, reporter, "Sergeant Bloggs and the lantern.")
    assert _cases(desk, "lantern")
    [path] = _index_files(desk)
    before = path.read_bytes()
    desk.station.keep(lambda vault: interests.declare(vault, "Bloggs"))
    assert _cases(desk, "lantern") == []
    assert _index_files(desk) == []  # its last image went with the only case in it
    path.write_bytes(before)
    desk.close()
    assert _cases(desk, "lantern") == []


def _five_by_two(desk: Desk, reporter: New, monkeypatch: pytest.MonkeyPatch) -> Index:
    """An index that has five cases to read, and reads two together."""
    monkeypatch.setattr(indexing, "_AT_ONCE", 2)
    for number in range(5):
        reporter().write(f"The lantern {number}.")
    desk.sync()
    return _index(desk)


def test_a_reading_goes_on_where_it_stopped_and_says_how_much_is_left(
    desk: Desk, reporter: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = _five_by_two(desk, reporter, monkeypatch)
    assert index.follow(desk.station, seconds=0) == 3
    found = index.search("lantern")
    assert (found.count, found.left, found.cases) == (2, 3, 5)
    assert index.follow(desk.station, seconds=0) == 1
    assert index.follow(desk.station, seconds=0) == 0
    assert index.search("lantern").count == 5


def test_a_reading_stops_after_a_few_cases_once_somebody_waits(
    desk: Desk, reporter: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = _five_by_two(desk, reporter, monkeypatch)
    assert index.follow(desk.station, wanted=lambda: True) == 3
    assert index.follow(desk.station, wanted=lambda: False) == 0


def test_a_backup_holds_nothing_of_the_index(desk: Desk, reporter: New, tmp_path: Path) -> None:
    _one(desk, reporter, "The lantern.")
    assert _cases(desk, "lantern")
    [path] = _index_files(desk)
    goal = tmp_path / "backup"
    back_up(desk.folder, desk.station.archive, goal)
    assert path.read_bytes()[24:1000] not in goal.read_bytes()


def test_a_full_disk_or_a_folder_of_others_does_not_keep_anybody_from_searching(
    desk: Desk, reporter: New
) -> None:
    _one(desk, reporter, "The lantern.")
    desk.folder.index.write_bytes(b"in the way")
    assert _cases(desk, "lantern")


# -- texts that are nearly the same -------------------------------------------------------------

STORY = (
    "PC Lena Marsh of Wessendale takes money. PC Lena Marsh is corrupt, everyone knows it, and "
    "nobody does anything about PC Lena Marsh at all. She met them on Tuesday at the old mill."
)


def test_reports_that_are_nearly_the_same_are_found_and_others_are_not(
    desk: Desk, reporter: New
) -> None:
    _one(desk, reporter, STORY)
    _one(desk, reporter, f"{STORY.replace('Tuesday', 'Monday')} Please ring me.")
    _one(desk, reporter, "A quite different story about a sergeant, a bar and a holiday in Faro.")
    _one(desk, reporter, ".")
    _one(desk, reporter, ".")
    _search(desk, "")
    index = _index(desk)
    first = min(desk.cases(), key=lambda each: each.mailbox)
    [(other, share)] = index.alike(first.mailbox)
    assert other.mailbox != first.mailbox
    assert ALIKE * 100 <= share < 100
    assert sum(bool(index.alike(each.mailbox)) for each in desk.cases()) == 2


def test_likeness_is_of_texts_and_not_of_their_sketches() -> None:
    assert likeness(STORY, STORY) == 1.0
    assert likeness(STORY, "") == 0.0
    assert likeness("", "") == 0.0
