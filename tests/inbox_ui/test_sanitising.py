"""Nothing of a reporter's own words goes to a unit: runs that were copied are found again."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.documents import Category
from inbox_ui.work.corruption import Corruption
from inbox_ui.work.intelligence import Information, Subject
from inbox_ui.work.sanitising import RUN, Finding, Sign, find_signs
from tests.inbox_ui.intelligence import SUBJECT, a_report, an_item

SAID = (
    "I saw an envelope twice on DC Rowan Tait's desk, and Vee doesn't pay him at home but at the "
    "Ashlock services."
)


def _signs(text: str, *said: str) -> list[tuple[Sign, str]]:
    report = a_report(items=(an_item(text),))
    return [(each.sign, each.words) for each in find_signs(report, said or (SAID,))]


def _copied(text: str, *said: str) -> list[str]:
    return [words for sign, words in _signs(text, *said) if sign is Sign.COPIED]


@pytest.mark.parametrize(
    "text",
    [
        "Information suggests that Vee doesn't pay him at home but elsewhere.",
        "VEE DOESN’T PAY HIM AT HOME",
        "vee doesnt  pay\n\nhim at home",
        "Vee, doesn't, pay; him... at (home)",
        "V\u200bee do\u00adesn't p\u2060ay him at ho\u200dme",
        "Véé dóesn't páy him at home",
        "\uff36\uff45\uff45 doesn't pay him at home",
        "_Vee_ doesn't *pay* him at home",
        "Vee doesn`t pay him-at-home",
    ],
)
def test_a_copied_run_is_found_however_it_is_dressed(text: str) -> None:
    assert len(_copied(text)) == 1


def test_the_words_are_named_as_they_stand_in_the_report() -> None:
    text = "It is said that “Vee, doesn’t PAY him at home” these days."
    assert _copied(text) == ["Vee, doesn’t PAY him at home"]


@pytest.mark.parametrize(
    "text",
    [
        "Information suggests that the officer is paid for checks of vehicles.",
        "Vee doesn't pay him there",  # one word fewer than a run
        "home at him pay doesn't Vee",
        "",
    ],
)
def test_words_of_ones_own_are_not_named(text: str) -> None:
    assert _copied(text or "Nothing.") == []


def test_a_run_over_the_end_of_one_text_into_the_next_is_none() -> None:
    assert _copied("one two three four five", "one two three", "four five six") == []


def test_a_name_or_a_force_of_a_subject_is_a_fact_and_no_voice() -> None:
    said = "It was Sir Rowan de la Tait of the Police Service of Northern Hallin who did it."
    subject = Subject("Sir Rowan de la Tait", "", "", "", "Police Service of Northern Hallin")
    fact = an_item("It concerns Sir Rowan de la Tait, Police Service of Northern Hallin.")
    report = a_report(items=(fact,), subjects=(subject,))
    assert find_signs(report, (said,)) == ()
    voice = replace(report, items=(an_item("The Police Service of Northern Hallin did it."),))
    assert [each.sign for each in find_signs(voice, (said,))] == [Sign.COPIED]


@pytest.mark.parametrize("field", ["name", "number", "force"])
def test_a_sentence_in_a_field_for_a_name_is_found_there_and_excuses_nothing(field: str) -> None:
    pasted = "Vee doesn't pay him at home but at the Ashlock services"
    report = a_report(
        items=(an_item(f"It is said that {pasted}."),),
        subjects=(replace(SUBJECT, **{field: pasted}),),
    )
    found = {each.place for each in find_signs(report, (SAID,)) if each.sign is Sign.COPIED}
    assert found == {"items.0.text", f"subjects.0.{field}"}


def test_words_of_several_fields_make_no_fact_together() -> None:
    said = "He takes money from Vee at the services every week."
    subject = Subject("He takes money from", "Vee at the", "", "", "services every week")
    told = an_item("He takes money from Vee at the services every week.")
    found = find_signs(a_report(items=(told,), subjects=(subject,)), (said,))
    assert [each.sign for each in found] == [Sign.COPIED]


def test_a_language_without_spaces_is_found_by_its_long_words() -> None:
    said = "彼は毎週金曜日に駐車場で封筒を受け取っていました"
    assert len(_copied(f"情報によれば {said}", said)) == 1
    subject = Subject(said * 2, "", "", "", "")
    named = a_report(items=(an_item(said * 2),), subjects=(subject,))
    signs = [each.sign for each in find_signs(named, (said * 2,))]
    assert signs == [Sign.COPIED, Sign.COPIED]


@pytest.mark.parametrize("place", ["checks", "risk_source", "risk_others", "instruction"])
def test_every_text_of_the_report_is_looked_through(place: str) -> None:
    report = replace(a_report(), **{place: "saw an envelope twice on the desk"})
    assert Finding(Sign.COPIED, place, "saw an envelope twice on") in find_signs(report, (SAID,))
    subject = replace(SUBJECT, role="saw an envelope twice on a desk")
    found = find_signs(a_report(subjects=(subject,)), (SAID,))
    assert Finding(Sign.COPIED, "subjects.0.role", "saw an envelope twice on") in found


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("It was at 21:52 there.", Sign.TIME),
        ("It was at 2152 hrs.", Sign.TIME),
        ("It was at 11 pm.", Sign.TIME),
        ("It was near midnight.", Sign.TIME),
        ("It was on 3/11.", Sign.DATE),
        ("It was on 2026-11-03.", Sign.DATE),
        ("It was on the 3rd of November.", Sign.DATE),
        ("It was on a Tuesday.", Sign.DATE),
        ("Roedd hi ar 3 Tachwedd.", Sign.DATE),
        ("It was at twenty to six.", Sign.TIME),
        ("It was at Half past three.", Sign.TIME),
        ("It was a quarter past 9.", Sign.TIME),
        ("It was at six o'clock.", Sign.TIME),
        ("It was at 0540.", Sign.TIME),
        ("It was after 1715 each time.", Sign.TIME),
        ("It was on a night shift.", Sign.TIME),
        ("It is done on nights.", Sign.TIME),
        ("It was on the 14th.", Sign.DATE),
        ("It was the night of the twenty-first.", Sign.DATE),
        ("He told me.", Sign.FIRST_PERSON),
        ("I was told.", Sign.FIRST_PERSON),
        ("It hurt our team.", Sign.FIRST_PERSON),
        ("He said “pay up now”.", Sign.QUOTE),
        ('He said "pay up now".', Sign.QUOTE),
        ("He said 'pay up now'.", Sign.QUOTE),
        ("The source is a clerk.", Sign.SOURCE),
        ("Source states she saw it.", Sign.SOURCE),
        ("The informer is a clerk.", Sign.SOURCE),
        ("A colleague says that it is so.", Sign.SOURCE),
        ("A neighbour has seen it, and the neighbour said so.", Sign.SOURCE),
        ("It was in an earlier complaint.", Sign.EARLIER),
        ("It was reported before.", Sign.EARLIER),
        ("It was reported to a manager before.", Sign.EARLIER),
        ("It has been previously reported.", Sign.EARLIER),
        ("He said he will come back.", Sign.QUOTE),
        ("He told her that he’d come back.", Sign.QUOTE),
        ("Known to only three other people.", Sign.KNOWERS),
        ("It is known to three people.", Sign.KNOWERS),
        ("He is one of four people on the rota.", Sign.KNOWERS),
        ("Just a handful of officers see the file.", Sign.KNOWERS),
        ("He mocks her efo fideo.", Sign.LANGUAGE),
        ("MAE’N ok in the end.", Sign.LANGUAGE),
        ("It was yn hwyr.", Sign.LANGUAGE),
        ("Translated from Welsh.", Sign.LANGUAGE),
        ("Three screenshots show it.", Sign.FILE),
        ("See the attached.", Sign.FILE),
    ],
)
def test_what_could_point_to_somebody_is_flagged(text: str, sign: Sign) -> None:
    assert sign in [each for each, _ in _signs(text)]


def test_a_b_asks_whether_two_people_know_it_apart_from_each_other() -> None:
    items = (an_item("One."), an_item("Two.", Information.CORROBORATED))
    found = find_signs(a_report(items=items), (SAID,))
    assert found == (Finding(Sign.BACKED, "items.1.information", "Two."),)
    assert not found[0].blocks


@pytest.mark.parametrize(
    "text",
    [
        "Information suggests that the officer's car was at the station's yard.",
        "Information suggests payments over 12 months of 250 pounds each.",
        "The officer has image rights to version 3.11.2 of it.",
        "The unit's officers' mess is in May Street.",
        "Information suggests that he has done it since 2019, at 40 addresses.",
        "The officer said nothing about the night, and was on the second floor.",
        "One of the officers is known to the bar.",
        "It was half of the money, and the unit is to report to two managers.",
        "An officer of Heddlu Hallin in Betws-yn-Hallin mocks a deaf colleague.",
    ],
)
def test_plain_words_are_not_flagged(text: str) -> None:
    assert _signs(text) == []


def test_forty_thousand_characters_and_thirty_thousand_emoji_are_looked_through() -> None:
    long = " ".join(f"word{number}" for number in range(5_000))[:40_000]
    assert _copied("word10 word11 word12 word13 word14", long, "🙂" * 30_000) != []


@given(st.lists(st.text(alphabet="abc ’\u200bÉ.", min_size=1), min_size=RUN), st.text())
def test_whatever_was_said_is_found_when_it_is_pasted(words: list[str], around: str) -> None:
    said = " ".join(f"x{each.strip()}y{number}" for number, each in enumerate(words))
    item = an_item(f"{around[:20]}\n{said}"[:1990] if len(said) < 1900 else said[:1990])
    if len(said) < 1900:
        signs = [each.sign for each in find_signs(a_report(items=(item,)), (said,))]
        assert Sign.COPIED in signs


def test_a_report_has_no_place_for_a_source() -> None:
    report = a_report()
    names = {*report.to_json(), *report.items[0].to_json(), *report.subjects[0].to_json()}
    assert not {each for each in names if "reporter" in each or "author" in each}
    assert {each for each in names if "source" in each} == {"source", "risk_source"}
    assert report.to_json()["source"] in {"1", "2", "3"}
    assert report.created == date(2026, 11, 23)
    assert report.categories == (Category.INFLUENCE,)
    assert report.corruption == (Corruption.DISCLOSURE,)
