"""What could be marked in a text, and what an analyst made of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.documents import Answer
from crypto.encoding import Document
from crypto.errors import NotCanonical
from crypto.reporter import Draft
from dropbox.site.forces import read_forces
from inbox_ui.search.contents import contents_of
from inbox_ui.thread import thread_of
from inbox_ui.work import words
from inbox_ui.work.marking import MOST, normalise, suggest
from inbox_ui.work.marks import accepted, decided, names_of, passages_of
from inbox_ui.work.pieces import LINE, MARKS, Mark, MarkKind, Marks, Work
from inbox_ui.work.recording import record
from inbox_ui.work.records import newest_id, records_of
from tests.inbox_ui.conftest import Desk, Writer

New = Callable[[], Writer]
K = MarkKind


@pytest.mark.parametrize(
    ("text", "kind", "said", "normal"),
    [
        ("DC Rowan Tait prints checks.", K.PERSON, "DC Rowan Tait", "rowan tait"),
        ("It was Ch Supt Alan Greaves.", K.PERSON, "Ch Supt Alan Greaves", "alan greaves"),
        ("Special Constable Gwern Ifor", K.PERSON, "Special Constable Gwern Ifor", "gwern ifor"),
        ("PC 1234 Dale Hurrell", K.PERSON, "Dale Hurrell", "dale hurrell"),
        ("Sgt O’Neill's car", K.PERSON, "Sgt O’Neill's", "oneill"),
        ("Mr Siôn Ŵyn", K.PERSON, "Mr Siôn Ŵyn", "sion wyn"),
        ('a man called "Vee" pays', K.PERSON, "Vee", "vee"),
        ("shoulder number 0423", K.COLLAR, "0423", "0423"),
        ("collar no. AB 123", K.COLLAR, "AB 123", "AB123"),
        ("PC1234 again", K.COLLAR, "1234", "1234"),
        ("Ring 07700 900123.", K.PHONE, "07700 900123", "+447700900123"),
        ("+44 (0)20 7946 0123", K.PHONE, "+44 (0)20 7946 0123", "+442079460123"),
        ("020-7946-0123", K.PHONE, "020-7946-0123", "+442079460123"),
        ("0044 7700 900123", K.PHONE, "0044 7700 900123", "+447700900123"),
        ("his AB12 CDE", K.VEHICLE, "AB12 CDE", "AB12CDE"),
        ("his ab12cde", K.VEHICLE, "ab12cde", "AB12CDE"),
        ("A123 BCD", K.VEHICLE, "A123 BCD", "A123BCD"),
        ("at Ashlock services", K.PLACE, "Ashlock services", "ashlock services"),
        ("the Blue Lantern bar", K.PLACE, "Blue Lantern bar", "blue lantern bar"),
        ("near SW1A 1AA", K.PLACE, "SW1A 1AA", "sw1a 1aa"),
        ("the intel unit", K.UNIT, "intel unit", "intel unit"),
        ("in Team C", K.UNIT, "Team C", "team c"),
        ("Port Calder Police", K.UNIT, "Port Calder Police", "demo-calder"),
        ("o Heddlu Hallin", K.UNIT, "Heddlu Hallin", "demo-hallin"),
    ],
)
def test_what_is_written_in_the_usual_form_is_suggested(
    text: str, kind: MarkKind, said: str, normal: str
) -> None:
    found = [(each.kind, each.said, each.normal) for each in suggest(text)]
    assert (kind, said, normal) in found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "He came at eleven and took 40 of them.",
        "On the M25 AND then on the A1 FOR an hour.",
        "It cost 12,000 pounds in 2026.",
        "Call 999 or 101.",
        "the bar and the station",
        "pc world",
    ],
)
def test_ordinary_words_are_not_suggested(text: str) -> None:
    assert suggest(text) == ()


@given(st.text(max_size=400))
def test_a_suggestion_stands_where_it_says_and_can_be_marked(text: str) -> None:
    last = 0
    for each in suggest(text):
        assert text[each.start : each.end] == each.said
        assert last <= each.start < each.end
        last = each.end
        normal = each.normal or each.said
        Mark(each.kind, each.said, normal, bytes(32), "", each.start, each.end, dropped=False)


@pytest.mark.parametrize(
    "text",
    [
        "PC 12 " * 6_000,
        "DC Aa-" * 6_000,
        "07700 900123 " * 3_000,
        "(0" * 20_000,
        "🎉" * 30_000,
        "Aa'" * 13_000,
        "called " * 5_000,
        "\u202e\x00" * 20_000,
    ],
    ids=["ranks", "dashes", "phones", "brackets", "emoji", "names", "called", "bidi"],
)
def test_a_long_text_has_a_bounded_number_of_suggestions(text: str) -> None:
    assert len(suggest(text[:40_000])) <= MOST


def test_every_force_is_found_by_its_name_and_by_its_id() -> None:
    for force in read_forces():
        if force.kind != "virtual":
            name = force.name.removeprefix("DEMO: ")
            assert normalise(K.UNIT, name) == force.id
            assert normalise(K.UNIT, force.id) == force.id


@given(st.sampled_from(list(K)), st.text(max_size=300))
@example(K.PHONE, "00")
@example(K.PHONE, "+000")
def test_a_normal_form_is_its_own_and_fits(kind: MarkKind, said: str) -> None:
    normal = normalise(kind, said)
    assert len(normal) <= LINE
    if kind is not K.PERSON:  # of "Mr Mr X" one title goes at a time
        assert normalise(kind, normal) == normal


# -- in a case ----------------------------------------------------------------------------------

TEXT = "DC Rowan Tait meets Vee. Tait again."


@pytest.fixture
def marked(desk: Desk, reporter: New) -> Desk:
    writer = reporter()
    draft = Draft(TEXT, answers=(Answer("who", "DC Tait"),))
    desk.server.put(writer.core.report(draft, desk.server.today))
    desk.sync()
    return desk


def _mark(desk: Desk, said: str, kind: MarkKind = K.PERSON, question: str = "") -> Mark:
    case = desk.open()
    [passage] = [each for each in passages_of(case) if each.question == question]
    start = passage.text.index(said)
    normal = normalise(kind, said)
    end = start + len(said)
    return Mark(kind, said, normal, passage.entry, question, start, end, dropped=False)


def _record(desk: Desk, *marks: Mark) -> None:
    """By somebody who was shown those before."""
    seen = newest_id(records_of(desk.open()), Work.MARKS)
    record(desk.station, desk.only(), Work.MARKS, Marks(seen, marks))


def test_an_accepted_mark_is_kept_corrected_and_taken_back(marked: Desk) -> None:
    first = _mark(marked, "DC Rowan Tait")
    _record(marked, first)
    marked.sync()
    assert accepted(marked.open()) == (first,)
    assert names_of(marked.open()) == {("person", "rowan tait")}
    other = replace(first, kind=K.UNIT, normal="tait r")
    _record(marked, other)
    assert accepted(marked.open()) == (other,)
    _record(marked, replace(other, dropped=True))
    assert accepted(marked.open()) == ()
    assert len(decided(marked.open())) == 1  # and it is not suggested again


def test_answers_are_marked_apart_from_the_text(marked: Desk) -> None:
    _record(marked, _mark(marked, "DC Tait", question="who"))
    [mark] = accepted(marked.open())
    assert (mark.question, mark.start) == ("who", 0)


@pytest.mark.parametrize(
    "change",
    [
        {"entry": bytes(32)},
        {"question": "who"},
        {"start": 1, "end": 14},
        {"said": "DC Rowan Tais"},
        {"start": 30_000, "end": 30_013},
    ],
    ids=["entry", "question", "place", "words", "beyond"],
)
def test_a_mark_of_other_words_than_the_texts_is_of_no_text(
    marked: Desk, change: dict[str, object]
) -> None:
    _record(marked, replace(_mark(marked, "DC Rowan Tait"), **change))  # type: ignore[arg-type]
    assert decided(marked.open()) == {}


def test_a_mark_is_as_long_as_its_words_and_agrees_in_something(marked: Desk) -> None:
    mark = _mark(marked, "Tait")
    for change in ({"end": mark.end + 1}, {"normal": ""}, {"said": ""}, {"normal": "x" * 201}):
        with pytest.raises(NotCanonical):
            replace(mark, **change)  # type: ignore[arg-type]


def test_a_mark_is_searched_by_the_form_it_was_given_and_its_words_where_they_stand(
    marked: Desk,
) -> None:
    found = _mark(marked, "DC Rowan Tait")
    _record(marked, found, replace(_mark(marked, "Vee"), normal="vincent wall"))
    texts = [each.words for each in contents_of(marked.open()).texts if each.chain == 3]
    assert texts == ["vincent wall"]


def test_marks_are_told_in_sentences_and_their_words_nowhere_else(marked: Desk) -> None:
    mark = _mark(marked, "DC Rowan Tait")
    _record(marked, mark)
    shown = thread_of(marked.open())[-1]
    assert shown.facts == ("Person: DC Rowan Tait (rowan tait)",)
    _record(marked, replace(mark, dropped=True))
    shown = thread_of(marked.open())[-1]
    assert shown.facts == (words.NOT_MARKED.format(said="DC Rowan Tait"),)
    assert "Tait" not in repr(mark) + repr(Marks(None, (mark,)))


def test_as_many_marks_as_one_piece_may_have_fit_into_an_entry(marked: Desk) -> None:
    mark = Mark(K.COLLAR, "ŵ" * LINE, "ŵ" * LINE, b"\xff" * 32, "x" * 20, 39_800, 40_000, True)
    piece: Document = Marks(bytes(32), (mark,) * MARKS)
    case = marked.open()
    marked.station.analyst.record(case.file, Work.MARKS.value, piece.to_bytes().decode())
