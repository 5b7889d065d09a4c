"""Every language says everything, and says it with the same holes, elements and numbers."""

import re
from collections import Counter
from datetime import date

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from dropbox.site import catalogues
from dropbox.site.languages import CATALOGUE, CATALOGUES, ENGLISH, find_language, read_languages
from dropbox.site.rendering import make_environment

WELSH = find_language("cy")
CODES = [each.code for each in read_languages() if each is not ENGLISH]
HOLES = re.compile(r"%\(\w+\)s|\{\w*\}")
ELEMENTS = re.compile(r"<[^>]*>")
SAME = {"Problem"}
"""What is written in Welsh as in English."""


def catalogue(code: str) -> Catalog:
    with (CATALOGUES / code / CATALOGUE).open("rb") as file:
        return read_po(file, locale=code)


def sentences(code: str) -> list[Message]:
    return [each for each in catalogue(code) if each.id]


def test_there_is_english_first_and_welsh() -> None:
    assert [each.code for each in read_languages()][:1] == ["en"]
    assert (WELSH.code, WELSH.name, WELSH.direction) == ("cy", "Cymraeg", "ltr")
    assert ENGLISH.name == "English"


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_missing_unconfirmed_or_said_no_more(code: str) -> None:
    there = catalogue(code)
    assert not there.obsolete
    said = {each.id for each in sentences(code)}
    assert said == {each.id for each in catalogues.find_messages() if each.id}
    for each in sentences(code):
        assert not each.fuzzy, each.id
        forms = each.string if isinstance(each.string, tuple) else (each.string,)
        assert all(form.strip() for form in forms), each.id


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_is_as_the_command_writes_it(code: str) -> None:
    assert (CATALOGUES / code / CATALOGUE).read_bytes() == catalogues.renew(code)


@pytest.mark.parametrize("code", CODES)
def test_a_translation_has_the_holes_and_the_elements_of_the_sentence(code: str) -> None:
    """A translator can neither break a page nor put anything into it."""
    for each in sentences(code):
        for found in (HOLES, ELEMENTS):
            assert Counter(found.findall(each.string)) == Counter(found.findall(each.id)), each.id
        rest = HOLES.sub("", ELEMENTS.sub("", each.string))
        assert not set(rest) & set("<>{}%&"), each.id


@pytest.mark.parametrize("code", CODES)
def test_a_number_that_somebody_needs_is_the_same(code: str) -> None:
    """999, 55, 101, 15 minutes."""
    for each in sentences(code):
        assert re.findall(r"\d+", each.string) == re.findall(r"\d+", each.id), each.id


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_left_in_english(code: str) -> None:
    same = {each.id for each in sentences(code) if each.id == each.string}
    assert same <= SAME


def test_welsh_readers_are_spoken_to_as_chi() -> None:
    familiar = re.compile(r"\b(ti|dy|dithau|wyt|gennyt|wrthyt|atat)\b", re.IGNORECASE)
    assert [each.id for each in sentences("cy") if familiar.search(each.string)] == []


def test_what_has_no_translation_is_said_in_english() -> None:
    assert WELSH.say("A sentence that nobody has translated") == (
        "A sentence that nobody has translated"
    )
    assert find_language("tlh") is ENGLISH


def test_days_and_numbers_are_written_as_the_language_writes_them() -> None:
    day = date(2026, 11, 25)
    assert (ENGLISH.day(day), WELSH.day(day)) == ("25 November 2026", "25 Tachwedd 2026")
    assert (ENGLISH.number(40_000), WELSH.number(40_000)) == ("40,000", "40,000")
    assert ENGLISH.say("Shorten this: {length} characters", length=41_000) == (
        "Shorten this: 41,000 characters"
    )


@pytest.mark.parametrize("hostile", ["{0}", "{name.__class__}", "%(name)s", "<b>", "{", "%"])
def test_what_is_put_into_a_sentence_is_not_read_as_one(hostile: str) -> None:
    assert hostile in ENGLISH.say("The file “{name}” is empty", name=hostile)
    template = make_environment().from_string("{% trans %}File: {{ name }}{% endtrans %}")
    assert "<b>" not in template.render(name=hostile)


def test_every_template_is_said_in_its_language() -> None:
    text = '{{ _("Back") }} {% trans %}Back{% endtrans %}'
    assert make_environment(language=WELSH).from_string(text).render() == "Yn ôl Yn ôl"
    assert make_environment().from_string(text).render() == "Back Back"
