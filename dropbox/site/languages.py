"""The languages that the pages speak: English, and one for each catalogue in ``locale/``.

A catalogue (``locale/cy/LC_MESSAGES/site.po``) gives a sentence of ours in another language. Where
it has none, or one that nobody has confirmed ("fuzzy"), the sentence is shown in English: a reader
loses less by that than by a hole in the page. How to add a language: docs/languages.md.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

CATALOGUES: Final = Path(__file__).parent / "locale"
CATALOGUE: Final = "LC_MESSAGES/site.po"
"""Where the catalogue of a language stands in its folder, as gettext has it."""
SOURCE: Final = "en"
"""What our sentences are written in."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages. ``code`` is that of ISO 639, as ``lang`` has it."""

    code: str
    locale: Locale = field(repr=False)
    translations: NullTranslations = field(repr=False)

    @property
    def name(self) -> str:
        """What its own speakers call it."""
        return (self.locale.get_language_name() or self.code).capitalize()

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return self.locale.text_direction

    def say(self, sentence: str, **values: object) -> str:
        """A marked sentence in this language, its placeholders filled; numbers as one writes them.

        What stands in ``values`` is put in as it is, whatever it holds.
        """
        written = {
            name: self.number(value) if isinstance(value, int) else value
            for name, value in values.items()
        }
        said = self.translations.gettext(sentence)
        return said.format(**written) if values else said

    def choices(self, items: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """(value, marked label) of what can be chosen, with the labels in this language."""
        return [(value, self.say(label)) for value, label in items]

    def day(self, day: date) -> str:
        """A day as people write it: 25 November 2026."""
        return format_date(day, "d MMMM y", self.locale)

    def number(self, number: int) -> str:
        """A number as people write it: 40,000."""
        return format_decimal(number, locale=self.locale)


def find_language(code: str) -> Language:
    """The language of this code; English for one that there is not."""
    return next((each for each in read_languages() if each.code == code), ENGLISH)


@cache
def read_languages() -> tuple[Language, ...]:
    """Every language, English first, then by code."""
    codes = sorted(each.parts[-3] for each in CATALOGUES.glob(f"*/{CATALOGUE}"))
    return ENGLISH, *(_read(code) for code in codes)


def _read(code: str) -> Language:
    """A language with its catalogue, compiled here: no compiled file can be out of date."""
    compiled = io.BytesIO()
    with (CATALOGUES / code / CATALOGUE).open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return Language(code, Locale.parse(code), Translations(compiled))


ENGLISH: Final = Language(SOURCE, Locale.parse("en_GB"), NullTranslations())
