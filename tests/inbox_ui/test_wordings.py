"""What a reporter may be sent is there in Welsh, whole, and says the same numbers as in English."""

import re
from collections.abc import Mapping

import pytest

from dropbox.site.languages import ENGLISH, find_language
from dropbox.site.questions import ABOUT, ACCOUNT, DANGER, HOW_MANY, LANGUAGE, TOPIC, TRACK
from inbox_ui.pages.app import TEMPLATES
from inbox_ui.work.signposts import read_signposts
from inbox_ui.work.spoken import sentences
from inbox_ui.work.templates import templates

WORDINGS: dict[str, Mapping[str, str]] = (
    {each.name: each.wording for each in templates()}
    | {f"signpost {each.id}": each.messages for each in read_signposts()}
    | {f"said {name}": {"en": each.en, "cy": each.cy} for name, each in sentences().items()}
)
ENGLISH_WORDS = """
    the and you your what that this with have has not for from who was were they them is are it in
    please thank police report reports wrote write tell told know call here there people about
"""
WELSH_WORDS = """
    chi eich wrth wrthym gan ein ni nid yw mae yn yr hyn hwn oes os am ar dim neu ac nhw
"""


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text.casefold()))


@pytest.mark.parametrize("name", WORDINGS)
def test_a_wording_says_in_welsh_what_it_says_in_english(name: str) -> None:
    wording = WORDINGS[name]
    assert set(wording) == {"en", "cy"}
    english, welsh = wording["en"], wording["cy"]
    assert sorted(re.findall(r"\d+", english)) == sorted(re.findall(r"\d+", welsh))
    assert english.count("\n\n") == welsh.count("\n\n")
    assert english.count("?") == welsh.count("?")
    assert 0.6 < len(welsh) / len(english) < 1.8
    assert not _words(ENGLISH_WORDS) & _words(welsh), "left in English"
    assert _words(WELSH_WORDS) & _words(welsh)
    assert _words(ENGLISH_WORDS) & _words(english)


def test_what_a_caller_is_asked_is_asked_in_welsh_on_the_pages_too() -> None:
    """The telephone asks what the pages ask: the same data, so the same catalogue."""
    welsh = find_language("cy")
    for each in (DANGER, ACCOUNT, TOPIC, *ABOUT, HOW_MANY, TRACK, LANGUAGE):
        said = (each.label, each.hint, *(label for _, label in each.choices))
        for text in filter(None, said):
            assert welsh.say(text) != text == ENGLISH.say(text), text


def test_the_pages_of_a_call_quote_nothing_to_be_said_that_has_no_welsh() -> None:
    """All of it stands in ``spoken.toml``, so none was forgotten there; and all of it is used."""
    pages = {each.name: each.read_text("utf-8") for each in TEMPLATES.glob("phone*.html")}
    quoted = {f"{name}: {line}" for name, page in pages.items() for line in page.splitlines()
              if "“" in line and "sentence." not in line}  # fmt: skip
    assert quoted == set()
    used = set(re.findall(r"view\.say\.([a-z]+)", "".join(pages.values())))
    assert used == set(sentences())
