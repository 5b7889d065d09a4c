"""Writes the catalogues of the languages anew: ``make languages``, or ``make languages ADD=pl``.

Every sentence that is marked in the pages and in their Python is found, and each catalogue gets
those it lacks, empty, and loses those that are said no more. What is translated stays as it is.
"""

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from dropbox.site.languages import CATALOGUE, CATALOGUES

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = (
    ("jinja2", "dropbox/site/templates", "**/*.html"),
    ("jinja2", "dropbox/plain/templates", "**/*.html"),
    ("python", "dropbox/site", "*.py"),
    ("python", "dropbox/plain", "*.py"),
    ("python", "dropbox/report", "words.py"),
)
"""How it is read, where, and which files: everything that says something to a reporter."""
_OPTIONS: Final = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
_MARKS: Final = {"_": None, "gettext": None, "ngettext": (1, 2)}
_HEADER: Final = "# {language} of the reporter's site. How to work on it: docs/languages.md"


def find_messages() -> Catalog:
    """A catalogue without translations, of every marked sentence; where each stands, without lines.

    So a change that moves a sentence changes no catalogue.
    """
    catalog = Catalog(project="sealed-dropbox", charset="utf-8")
    for method, path in _files():
        found = extract_from_file(method, path, _MARKS, ("translators:",), _OPTIONS)
        place = str(path.relative_to(ROOT))
        for _, message, comments, context in found:
            catalog.add(message, None, [(place, 1)], auto_comments=[*comments], context=context)
    return catalog


def _files() -> Iterator[tuple[str, Path]]:
    for method, folder, pattern in SOURCES:
        for path in sorted((ROOT / folder).glob(pattern)):
            yield method, path


def renew(code: str) -> bytes:
    """The catalogue of a language as it should be, in bytes; a new one where there is none."""
    path = CATALOGUES / code / CATALOGUE
    found = find_messages()
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=code)
    else:
        catalog = Catalog(locale=code, charset="utf-8", fuzzy=False)
    catalog.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.header_comment = _HEADER.format(language=code)
    written = io.BytesIO()
    write_po(written, catalog, width=96, omit_header=True, include_lineno=False)
    return _head(catalog) + written.getvalue()


def _head(catalog: Catalog) -> bytes:
    """The header without dates or people: what is in the history need not be here."""
    lines = [
        f"Language: {catalog.locale_identifier}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {catalog.plural_forms}",
    ]
    fields = "".join(f'"{line}\\n"\n' for line in lines)
    return f'{catalog.header_comment}\nmsgid ""\nmsgstr ""\n{fields}\n'.encode()


def main(arguments: Sequence[str]) -> None:
    """Renew every catalogue, and begin those of ``arguments`` (codes, such as ``pl``)."""
    there = {each.parts[-3] for each in CATALOGUES.glob(f"*/{CATALOGUE}")}
    for code in sorted(there | set(arguments)):
        path = CATALOGUES / code / CATALOGUE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(renew(code))


if __name__ == "__main__":
    main(sys.argv[1:])
