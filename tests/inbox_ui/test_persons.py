"""Names under other spellings, forms and orders: found, and told apart from mere words."""

import pytest

from inbox_ui.work.persons import Match, Words, compare


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Steven Hughes", "Stephen Hughes"),
        ("DS Lomond", "Petra Lomond"),
        ("DC Rowan Tait", "Rowan Tate"),
        ("Rowan Tait", "Rowan Tate"),
        ("Muhammad Roe", "Mohammed Roe"),
        ("Catherine Roe", "Kathryn Roe"),
        ("Sean Roe", "Shaun Roe"),
        ("Phillip Gray", "Philip Grey"),
        ("Ian Reid", "Iain Reed"),
        ("Dave Roe", "David Roe"),
        ("Liz Roe", "Elizabeth Roe"),
        ("Sgt Lomond", "Lomond, Petra"),
        ("Lomond, DS", "Petra Lomond"),
        ("LOMOND, Pétra (DS)", "Detective Sergeant 1234 Petra Lomond"),
        ("A/Sgt. Lomond", "Petra Lomond"),
        ("P. Lomond", "Petra Lomond"),
        ("Pet\u200bra Lo\u00admond", "Petra Lomond"),
    ],
)
def test_another_spelling_of_a_name_is_likely_the_same(first: str, second: str) -> None:
    assert compare(first, second) is Match.LIKELY
    assert compare(second, first) is Match.LIKELY


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Petra", "Petra Lomond"),  # a mere first name
        ("Alan Lomond", "Petra Lomond"),  # a relative, or nobody
        ("John Hall", "John Hill"),
        ("the white van", "Alan White"),
    ],
)
def test_a_part_of_a_name_is_perhaps_the_same(first: str, second: str) -> None:
    assert compare(first, second) is Match.PERHAPS
    assert compare(second, first) is Match.PERHAPS


@pytest.mark.parametrize(
    ("first", "second"),
    [("Alan Greaves", "Petra Lomond"), ("", "Petra Lomond"), ("P", "Petra"), ("DS", "Petra")],
)
def test_and_others_are_not(first: str, second: str) -> None:
    assert compare(first, second) is Match.NONE


@pytest.mark.parametrize(
    ("text", "person", "found"),
    [
        ("It was Petra Lomond.", "Petra Lomond", Match.LIKELY),
        ("it was petra lomond", "Petra Lomond", Match.LIKELY),
        ("LOMOND, PETRA", "Petra Lomond", Match.LIKELY),
        ("P. Lomund", "Petra Lomond", Match.LIKELY),
        ("Liz Tate told me", "Elizabeth Tait", Match.LIKELY),
        ("and PC 1234 Tate", "Rowan Tait", Match.LIKELY),
        ("sgt tait", "Rowan Tait", Match.LIKELY),
        ("the Taits", "Rowan Tait", Match.PERHAPS),
        ("a white van", "Alan White", Match.PERHAPS),
        ("He walked, and she turned.", "Ann Walker", Match.NONE),
        ("Rowan alone", "Rowan Tait", Match.NONE),
        ("I did. A man saw.", "Ivor Adams", Match.NONE),
        ("", "Petra Lomond", Match.NONE),
        ("It was Petra Lomond.", "", Match.NONE),
    ],
)
def test_a_text_names_somebody(text: str, person: str, found: Match) -> None:
    assert Words(text).find(person) is found
